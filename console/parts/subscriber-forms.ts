import { useState } from "preact/hooks";
import { html } from "../html.ts";
import { say } from "../language.ts";
import { attempt, tell } from "../notices.ts";
import { act } from "../server.ts";
import { Field, fieldsOf } from "./field.ts";

type AnswerProps = { readonly subscriber: string; readonly operator: string; readonly to: string };

/** A message from the subscriber to a short code (MO). */
export function AnswerForm({ subscriber, operator, to }: AnswerProps) {
	const answer = async (event: SubmitEvent) => {
		event.preventDefault();
		const form = event.target as HTMLFormElement;
		const { recipient, text } = fieldsOf(form);
		const message = { operator, sender: subscriber, recipient, text };
		const done = await attempt(async () => await act("phones/answer", message));
		const box = form.elements.namedItem("text");
		if (done && box instanceof HTMLInputElement) box.value = "";
	};
	return html`
		<form class="row" aria-label=${say("answerAs")} onSubmit=${answer}>
			<${Field} label=${say("answerTo")} name="recipient" value=${to} size="5" />
			<${Field} label=${say("answerAs")} name="text" grows />
			<button>${say("answer")}</button>
		</form>
	`;
}

const kinds = [
	["delivered", "outcomeDelivered", undefined],
	["failed", "outcomeFailed", 27],
	["no_receipt", "outcomeNoReceipt", undefined],
	["refused", "outcomeRefused", 88],
] as const;

/** What the SMSC does with the next message to this number. */
export function OutcomeForm({ subscriber }: { readonly subscriber: string }) {
	const [kind, setKind] = useState<string>("failed");
	const code = kinds.find(([name]) => name === kind)?.[2];
	const choose = async (event: SubmitEvent) => {
		event.preventDefault();
		const given = fieldsOf(event.target as HTMLFormElement)["code"];
		const outcome = code === undefined ? { kind } : { kind, code: Number(given) };
		const done = await attempt(async () => await act("phones/outcome", { subscriber, outcome }));
		if (done) tell(say("outcomeChosen", { number: subscriber }));
	};
	return html`
		<form class="row" aria-label=${say("nextOutcome")} onSubmit=${choose}>
			<label class="field grows">${say("nextOutcome")}
				<select name="kind" value=${kind} onChange=${(event: Event) => setKind((event.target as HTMLSelectElement).value)}>
					${kinds.map(([name, word]) => html`<option value=${name}>${say(word)}</option>`)}
				</select>
			</label>
			${code !== undefined && html`<${Field} key=${kind} label=${say("outcomeCode")} name="code" value=${code} type="text" size="3" />`}
			<button>${say("choose")}</button>
		</form>
	`;
}
