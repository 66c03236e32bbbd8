import { html, type View } from "../html.ts";
import { say } from "../language.ts";
import type { Loaded, Standstill } from "../server.ts";

/** What was read, or why it could not be. */
export function whenLoaded<Answer>({ data, error, reload }: Loaded<Answer>, draw: (data: Answer) => View): View {
	if (error !== undefined)
		return html`<p class="error" role="alert">${say("failed", { why: error })} <button type="button" onClick=${reload}>${say("retry")}</button></p>`;
	return data === undefined ? html`<p>${say("loading")}</p>` : draw(data);
}

/** That what is seen is not updated, and why. */
export const standstillView = (standstill: Standstill | undefined): View =>
	standstill &&
	html`<p class="error" role="alert">${say("notUpdated", { why: standstill.why ?? say("noAnswer") })}</p>`;

/** The same data for programs. */
export const JsonLink = ({ query }: { readonly query: string }) =>
	html`<p class="json"><a href=${`/api/${query}`}>${say("dataAsJson")}</a></p>`;
