import { useEffect, useState } from "preact/hooks";
import { html } from "./html.ts";
import { say } from "./language.ts";
import { messageOf } from "./server.ts";

type Notice = { readonly text: string; readonly isError: boolean; readonly id: number };
type Question = { readonly text: string; readonly verb: string; readonly answer: (yes: boolean) => void };

let show: (notice: Notice) => void = () => undefined;
let put: (question: Question) => void = () => undefined;
let count = 0;

export function tell(text: string, isError = false): void {
	count += 1;
	show({ text, isError, id: count });
}

/** Asks before an action that cannot be undone. */
export async function ask(text: string, verb: string): Promise<boolean> {
	return await new Promise((answer) => put({ text, verb, answer }));
}

/** Does an action and shows its error. @returns undefined if it failed. */
export async function attempt<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
	try {
		return await work();
	} catch (error) {
		tell(messageOf(error), true);
		return undefined;
	}
}

const shownMs = 6_000;

export function Notices() {
	const [notice, setNotice] = useState<Notice | undefined>();
	const [question, setQuestion] = useState<Question | undefined>();
	useEffect(() => {
		[show, put] = [setNotice, setQuestion];
	}, []);
	useEffect(() => {
		const timer = setTimeout(() => setNotice(undefined), shownMs);
		return () => clearTimeout(timer);
	}, [notice?.id]);
	return html`
		<div class=${`notice${notice?.isError ? " error" : ""}`} role="status" hidden=${notice === undefined}>${notice?.text}</div>
		${question && html`<${Dialog} question=${question} close=${() => setQuestion(undefined)} />`}
	`;
}

function Dialog({ question, close }: { readonly question: Question; readonly close: () => void }) {
	const end = (yes: boolean) => () => {
		close();
		question.answer(yes);
	};
	const open = (dialog: HTMLDialogElement | null) => {
		if (dialog && !dialog.open) dialog.showModal();
	};
	return html`
		<dialog ref=${open} aria-labelledby="question" onCancel=${end(false)}>
			<p id="question">${question.text}</p>
			<div class="row end">
				<button type="button" onClick=${end(false)}>${say("cancel")}</button>
				<button type="button" class="strong" onClick=${end(true)}>${question.verb}</button>
			</div>
		</dialog>
	`;
}
