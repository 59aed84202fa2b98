"""A question about one thing, above the key bar: cheaper to paint than a dialog and nearer to the row it is about."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from scimtui.tui.view import NO, Answer, Question


class QuestionStrip(Vertical, can_focus=True):
    """Asks and waits. Only `y` says yes: never Enter, never the key that asked."""

    DEFAULT_CSS = """
    QuestionStrip { height: auto; max-height: 8; display: none; background: $warning 25%; color: $foreground; padding: 0 1; }
    QuestionStrip.-production { background: $error 25%; }
    QuestionStrip.-asking { display: block; }
    QuestionStrip Static { height: auto; }
    QuestionStrip Input, QuestionStrip Input:focus { height: 1; border: none; background: $surface; display: none; }
    QuestionStrip.-reason Input { display: block; }
    QuestionStrip #keys { color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._question: Question | None = None
        self._answer: asyncio.Future[Answer] | None = None

    def compose(self) -> ComposeResult:
        """Compose the text, the reason and the keys."""
        yield Static(markup=False, id="text")
        yield Input(placeholder="Reason or ticket, then Enter", id="reason")
        yield Static(markup=False, id="keys")

    @property
    def is_asking(self) -> bool:
        """Whether a question waits for its answer."""
        return self._answer is not None and not self._answer.done()

    async def ask(self, question: Question, badge: Sequence[tuple[str, str]] = ()) -> Answer:
        """Show the question behind a coloured badge, wait for the answer and give the focus back."""
        self.dismiss()
        before = self.screen.focused
        self._question, self._answer = question, asyncio.get_running_loop().create_future()
        self.query_one("#text", Static).update(Content.assemble(*badge, question.text))
        self.set_class(question.tenant is not None and question.tenant.production, "-production")
        self.query_one(Input).value = ""
        self.add_class("-asking")
        self.set_class(question.needs_reason, "-reason")
        (self.query_one(Input) if question.needs_reason else self).focus()
        self._show_keys()
        try:
            return await self._answer
        finally:
            self.remove_class("-asking")
            if before is not None and before.is_attached:
                before.focus()

    def dismiss(self) -> None:
        """Answer no to whatever is being asked."""
        self._say(NO)

    def on_key(self, event: events.Key) -> None:
        """Take the answer; every other key is swallowed while a question is open."""
        if event.key == "escape":
            self._say(NO)
        elif not self.has_focus:
            return
        elif event.character in ("y", "Y"):
            self._say(Answer(yes=True, reason=self.query_one(Input).value.strip()))
        elif event.character in ("n", "N", "q"):
            self._say(NO)
        elif event.character == "p" and self._question and self._question.can_preview:
            self._say(Answer(yes=False, reason=self.query_one(Input).value.strip(), preview=True))
        elif event.key == "ctrl+c":
            self._say(NO)
        event.stop()
        event.prevent_default()

    @on(Input.Submitted)
    def _reason_given(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.focus()
            self._show_keys()

    def on_focus(self) -> None:
        """Show which keys count now."""
        self._show_keys()

    def on_descendant_focus(self) -> None:
        """Show which keys count now."""
        self._show_keys()

    def _show_keys(self) -> None:
        typing = self.query_one(Input).has_focus
        preview = " · p preview" if self._question and self._question.can_preview else ""
        keys = "Enter go on · Esc no" if typing else f"y yes · n no{preview}"
        self.query_one("#keys", Static).update(keys)

    def _say(self, answer: Answer) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)
