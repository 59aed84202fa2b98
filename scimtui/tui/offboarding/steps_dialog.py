"""The steps of offboarding as a checklist: what each would do, each of them optional, before the preview."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from scimtui.config.recipe import VERBS, SetValues, verb_of
from scimtui.errors import ScimtuiError
from scimtui.ops.recipe import plan_recipe, steps_of
from scimtui.present.wording import count_of, error_line
from scimtui.tui.lines.line_view import LineView
from scimtui.tui.offboarding.leaving import Leaving, all_lines, chosen_line, explained, where_from

if TYPE_CHECKING:
    from scimtui.tui.offboarding.leaving import Place

MANY = 20
"""Of so many people it is told how many were read."""
BESIDE = 10
"""Lines of the dialog that are not the checklist."""
KEYS = "Space tick · Enter preview · Esc close"


class StepList(LineView):
    """Hands its keys to the dialog first, and tells where its cursor stands."""

    def __init__(self, pressed: Callable[[events.Key], bool], moved: Callable[[], None]) -> None:
        super().__init__(selectable=True)
        self.places: Mapping[int, Place] = {}
        self._pressed = pressed
        self._moved = moved

    def can_stop_at(self, index: int) -> bool:
        """Stop at steps alone, once there are some."""
        return index in self.places if self.places else super().can_stop_at(index)

    def cursor_moved(self) -> None:
        """Have the step under the cursor explained."""
        self._moved()

    def on_key(self, event: events.Key) -> None:
        """Take what the dialog does not want."""
        if self._pressed(event):
            event.stop()
            event.prevent_default()


class StepsDialog(ModalScreen[bool]):
    """True: preview what is ticked. What is planned and ticked stands in what it was given."""

    DEFAULT_CSS = """
    StepsDialog { align: center middle; background: $background 60%; }
    StepsDialog > Vertical { width: 95%; max-width: 110; height: auto; max-height: 90%; background: $surface; border: round $primary; }
    StepsDialog.-production > Vertical { border: round $error; }
    StepsDialog #step { height: 3; padding: 0 1; margin-top: 1; color: $text-muted; }
    StepsDialog #notice { height: auto; max-height: 2; padding: 0 1; }
    StepsDialog #notice.-wrong { color: $text-error; }
    StepsDialog Input, StepsDialog Input:focus { height: 1; border: none; margin: 0 1; background: $panel; }
    StepsDialog #keys { height: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self, who: str, leaving: Sequence[Leaving]) -> None:
        super().__init__()
        self._title = f"Offboard {who} · {where_from(leaving)}"
        self._leaving = leaving
        self._runs: Mapping[str, Callable[[], object]] = {
            "space": self._tick, "enter": self._use, "escape": self._leave, "ctrl+c": self._leave, "q": self._leave,
        }  # fmt: skip

    def compose(self) -> ComposeResult:
        """Compose the steps, what the one under the cursor means, what is ticked, and the keys."""
        self.set_class(any(one.session.tenant.production for one in self._leaving), "-production")
        with Vertical() as box:
            box.border_title = Content(self._title)
            yield StepList(self._pressed, self._explain)
            yield Static("", id="step", markup=False)
            if self._writes_reason():
                yield Input(placeholder="Reason: a step of the recipe writes it down", id="reason")
            yield Static("", id="notice", markup=False)
            yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Show the recipe, and look up what it comes to."""
        self._list.focus()
        self._show()
        self._plan()

    @property
    def _list(self) -> StepList:
        return self.query_one(StepList)

    @property
    def _reason(self) -> str:
        return next((field.value.strip() for field in self.query("#reason").results(Input)), "")

    def _writes_reason(self) -> bool:
        steps = [step for one in self._leaving for step in steps_of(one.session) if isinstance(step, SetValues)]
        return any("{reason}" in str(value) for step in steps for _, value in step.values)

    # ------------------------------------------------------------------ planning

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def _plan(self) -> None:
        await asyncio.gather(*(self._plan_one(one) for one in self._leaving if not one.trouble))
        self._show()

    async def _plan_one(self, one: Leaving) -> None:
        session, kind = one.session, one.resource_type
        try:
            one.steps = await plan_recipe(session, kind, one.people, reason=self._reason, tell=self._tell)
        except ScimtuiError as error:
            one.trouble = error_line(error)
        self._show()

    def _tell(self, done: int, of: int) -> None:
        """Say how many people were read, where that takes a while."""
        if of > MANY and done % 10 == 0:
            self._say(f"Reading {done:,} of {count_of(of, 'person', 'people')}; nothing is sent yet")

    @work(exclusive=True, group="plan", exit_on_error=False)
    async def _write_reason(self) -> None:
        """Plan the steps that write the reason down once more, now that it is known."""
        others = [verb for verb in VERBS if verb != "set"]
        for one in self._leaving:
            sets = [number for number, step in enumerate(one.steps or ()) if verb_of(step.step) == "set"]
            if one.steps is not None and sets:
                again = await plan_recipe(one.session, one.resource_type, one.people, reason=self._reason, skip=others)
                for number, step in zip(sets, again, strict=True):
                    one.steps[number] = step
        self.dismiss(True)

    # ------------------------------------------------------------------ showing

    def _show(self) -> None:
        lines, places = all_lines(self._leaving)
        self._list.places = places
        room = self.app.size.height * 9 // 10 - BESIDE
        self._list.styles.height = max(min(len(lines), room), 3)
        self._list.set_lines(lines)
        self._list.move_to(self._list.cursor)
        self._explain()
        self._say(chosen_line(self._leaving))

    def on_resize(self) -> None:
        """Give the checklist what room there is."""
        self._show()

    def _explain(self) -> None:
        place = self._list.places.get(self._list.cursor)
        text = "" if place is None else explained(self._leaving[place[0]], place[1])
        self.query_one("#step", Static).update(text, layout=False)

    def _say(self, text: str, *, wrong: bool = False) -> None:
        notice = self.query_one("#notice", Static)
        notice.set_class(wrong, "-wrong")
        notice.update(text)

    # ------------------------------------------------------------------ keys

    def _pressed(self, event: events.Key) -> bool:
        run = self._runs.get(event.key)
        if run is not None:
            run()
        return run is not None

    def _tick(self) -> None:
        place = self._list.places.get(self._list.cursor)
        if place is None:
            return
        one, number = self._leaving[place[0]], place[1]
        if one.does(number):
            one.left_out ^= {number}
            self._show()
        else:
            self._say("There is nothing to do in this step", wrong=True)

    def _leave(self) -> None:
        self.dismiss(False)

    def _use(self) -> None:
        if any(one.steps is None and not one.trouble for one in self._leaving):
            self._say("It is still being looked up", wrong=True)
        elif not any(one.chosen for one in self._leaving):
            is_any = any(one.does(number) for one in self._leaving for number in range(len(one.steps or ())))
            self._say("Nothing is ticked; Space ticks" if is_any else chosen_line(self._leaving), wrong=is_any)
        elif self._writes_reason() and not self._reason:
            self.query_one("#reason", Input).focus()
        elif self._writes_reason():
            self._write_reason()
        else:
            self.dismiss(True)

    def on_key(self, event: events.Key) -> None:
        """Leave the field of the reason, or the dialog."""
        if event.key in ("escape", "ctrl+c"):
            event.stop()
            self._leave()
        elif event.key in ("up", "down") and isinstance(self.focused, Input):
            event.stop()
            self._list.focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        self._use()

    @on(LineView.Chosen)
    def _clicked_twice(self, event: LineView.Chosen) -> None:
        event.stop()
        self._tick()
