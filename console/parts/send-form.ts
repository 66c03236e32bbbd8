import { useRef } from "preact/hooks";
import { html } from "../html.ts";
import { say } from "../language.ts";
import { attempt, tell } from "../notices.ts";
import { act, read } from "../server.ts";
import { Field, fieldsOf } from "./field.ts";

type Sent = {
	readonly status: number;
	readonly answer: {
		readonly message_id?: string | number;
		readonly error_code?: string | number | null;
		readonly error_message?: string | null;
	};
};

const codeLanguages = ["curl", "PHP", "Python", "Java"] as const;

/** Sends a message as a client does, or copies the request as code. */
export function SendForm() {
	const form = useRef<HTMLFormElement>(null);
	const send = async (event: SubmitEvent) => {
		event.preventDefault();
		const { account, password, ...fields } = fieldsOf(event.target as HTMLFormElement);
		const message = { client_message_id: `console-${Date.now()}`, ...fields };
		const sent = await attempt(async () => await act<Sent>("phones/send", { account, password, message }));
		if (sent === undefined) return;
		const { message_id: id, error_code: code, error_message: text } = sent.answer;
		if (sent.status === 201 && id !== undefined) tell(say("accepted", { id: String(id) }));
		else tell(say("notAccepted", { why: [code, text || sent.status].filter(Boolean).join(" ") }), true);
	};
	const copy = async (language: string) => {
		if (form.current === null) return;
		const {
			account = "",
			password = "",
			sender = "",
			recipient = "",
			message_text: text = "",
		} = fieldsOf(form.current);
		const query = new URLSearchParams({ language, account, password, sender, recipient, text });
		const copied = await attempt(async () => {
			const { code } = await read<{ readonly code: string }>(`phones/code?${query}`);
			await navigator.clipboard.writeText(code);
			return code;
		});
		if (copied !== undefined) tell(say("copied", { what: language }));
	};
	return html`
		<details class="send" open>
			<summary>${say("sendMessage")}</summary>
			<form ref=${form} onSubmit=${send}>
				<div class="row">
					<${Field} label=${say("account")} name="account" value="demo" size="8" />
					<${Field} label=${say("password")} name="password" value="demo" size="8" />
				</div>
				<div class="row">
					<${Field} label=${say("sender")} name="sender" value="SMSGW" size="8" />
					<${Field} label=${say("recipient")} name="recipient" value="77010000000" size="11" />
				</div>
				<${Field} label=${say("text")} name="message_text" value="Hello" />
				<div class="row spread">
					<button class="strong">${say("send")}</button>
					<span class="row" role="group" aria-label=${say("copyAs")}><small>${say("copyAs")}</small>
						${codeLanguages.map((one) => html`<button type="button" class="small" onClick=${() => copy(one)}>${one}</button>`)}
					</span>
				</div>
			</form>
		</details>
	`;
}
