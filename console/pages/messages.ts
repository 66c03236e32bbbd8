import { html } from "../html.ts";
import { say } from "../language.ts";

export function Messages() {
	return html`<h1>${say("messages")}</h1>`;
}
