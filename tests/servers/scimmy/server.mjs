// A SCIM service made with SCIMMY, its rows kept in memory. It ends when its standard input does.
//
// Environment: PORT, TOKEN. Outside SCIM, behind the same token: DELETE /rows forgets everything.

import { randomUUID } from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const { PORT, TOKEN } = process.env;
const users = new Map();
const groups = new Map();

function found(rows, id) {
    const row = rows.get(id);
    if (!row) throw new SCIMMY.Types.Error(404, null, `There is no resource ${id}`);
    return row;
}

function store(rows, id, document) {
    const now = new Date().toISOString();
    const created = id ? found(rows, id).meta.created : now;
    const row = { ...structuredClone(document), id: id ?? randomUUID(), meta: { created, lastModified: now } };
    rows.set(row.id, row);
    return row;
}

function refuseTakenName(userName, id) {
    const folded = userName.toLowerCase();
    for (const row of users.values()) {
        if (row.id !== id && row.userName.toLowerCase() === folded) {
            throw new SCIMMY.Types.Error(409, "uniqueness", `userName ${userName} is taken`);
        }
    }
}

function withGroups(user) {
    const mine = [...groups.values()].filter(({ members = [] }) => members.some(({ value }) => value === user.id));
    return mine.length ? { ...user, groups: mine.map((row) => ({ value: row.id, display: row.displayName })) } : user;
}

function read(rows, resource, view = (row) => row) {
    if (resource.id) return view(found(rows, resource.id));
    const all = Array.from(rows.values(), view);
    return resource.filter ? resource.filter.match(all) : all;
}

const User = SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser)
    .egress((resource) => read(users, resource, withGroups))
    .ingress((resource, document) => {
        const { groups: derived, ...own } = JSON.parse(JSON.stringify(document));
        refuseTakenName(own.userName, resource.id);
        return withGroups(store(users, resource.id, own));
    })
    .degress(({ id }) => {
        found(users, id);
        users.delete(id);
        for (const row of groups.values()) row.members = row.members?.filter(({ value }) => value !== id);
    });

const Group = SCIMMY.Resources.Group
    .egress((resource) => read(groups, resource))
    .ingress((resource, document) => store(groups, resource.id, JSON.parse(JSON.stringify(document))))
    .degress(({ id }) => {
        found(groups, id);
        groups.delete(id);
    });

SCIMMY.Resources.declare(User);
SCIMMY.Resources.declare(Group);

const trusted = (request) => request.get("Authorization") === `Bearer ${TOKEN}`;
const app = express();
app.use("/scim", new SCIMMYRouters({
    type: "bearer",
    baseUri: (request) => `http://${request.get("Host")}`,
    handler: (request) => {
        if (!trusted(request)) throw new Error("The token is missing or wrong");
        return "";
    },
}));
app.delete("/rows", (request, response) => {
    if (!trusted(request)) return response.sendStatus(401);
    users.clear();
    groups.clear();
    return response.sendStatus(204);
});
app.listen(Number(PORT), "127.0.0.1");
process.stdin.resume().on("end", () => process.exit(0));
