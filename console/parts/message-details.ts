import { html } from "../html.ts";
import { currentLanguage, say } from "../language.ts";
import { useData } from "../server.ts";
import { JsonLink, whenLoaded } from "./loaded.ts";

type Details = {
	readonly message: Readonly<Record<string, unknown>>;
	readonly lines: readonly { readonly time: string; readonly text: string }[];
};

/** Those without parts of their own. */
const fieldsToShow = (message: Details["message"]) =>
	Object.entries(message).filter(([, value]) => typeof value !== "object" || value === null);

/** What happened to a message and when, and what it waits for. */
export function MessageDetails({ id }: { readonly id: string }) {
	const query = `message?id=${encodeURIComponent(id)}&language=${currentLanguage()}`;
	return html`
		<h1>${say("messageId")} ${id}</h1>
		${whenLoaded(
			useData<Details>(query),
			({ message, lines }) => html`
				<div class="details">
					<section class="card" aria-labelledby="history">
						<h2 id="history">${say("history")}</h2>
						<ol class="timeline">${lines.map(({ time, text }) => html`<li><time>${time}</time> ${text}</li>`)}</ol>
					</section>
					<section class="card" aria-labelledby="fields">
						<h2 id="fields">${say("fields")}</h2>
						<dl>${fieldsToShow(message).map(([name, value]) => html`<dt>${name}</dt><dd>${value === null ? "–" : String(value)}</dd>`)}</dl>
						<p class="intro">${say("textHidden")}</p>
					</section>
				</div>
			`,
		)}
		<${JsonLink} query=${query} />
	`;
}
