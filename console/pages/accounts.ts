import { useState } from "preact/hooks";
import { html } from "../html.ts";
import { say, sayMany } from "../language.ts";
import { JsonLink, whenLoaded } from "../parts/loaded.ts";
import { useData } from "../server.ts";

type SenderRow = {
	readonly sender: string;
	readonly default_time_bounds: string | null;
	readonly allowed_time_bounds: string;
};
type AccountRow = {
	readonly account: string;
	readonly state: "enabled" | "disabled";
	/** In days; null: not known. */
	readonly password_ages: readonly (number | null)[];
	readonly default_time_bounds: string;
	readonly limits: Readonly<Record<string, number | null>>;
	readonly senders: readonly SenderRow[];
	readonly webhook: { readonly url: string } | null;
	readonly smpp: { readonly binds: number } | null;
	readonly sessions: number;
	readonly warnings: readonly { readonly senders: readonly string[] | null }[];
};
type Accounts = { readonly accounts: readonly AccountRow[]; readonly next: string | null };

export function Accounts() {
	const [after, setAfter] = useState("");
	const query = `accounts?after=${encodeURIComponent(after)}`;
	return html`
		<h1>${say("accounts")}</h1>
		${whenLoaded(useData<Accounts>(query), ({ accounts, next }) =>
			accounts.length === 0
				? html`<p class="none">${say("noAccounts")}</p>`
				: html`
						<div class="cards">${accounts.map((one) => html`<${Account} row=${one} />`)}</div>
						${next && html`<button type="button" onClick=${() => setAfter(next)}>${say("next")}</button>`}
					`,
		)}
		<${JsonLink} query=${query} />
	`;
}

function Account({ row }: { readonly row: AccountRow }) {
	const { account, state, senders, limits, password_ages: ages, webhook, smpp, sessions, warnings } = row;
	return html`
		<article class="card" aria-labelledby=${`account-${account}`}>
			<h2 id=${`account-${account}`}>${account} ${state === "disabled" && html`<span class="state bad">${say("disabled")}</span>`}</h2>
			${warnings.map((one) => html`<p class="warning">${say("windowWarning", { senders: namesText(one.senders) })}</p>`)}
			<dl>
				<dt>${say("usualWindow")}</dt><dd>${row.default_time_bounds}</dd>
				<dt>${say("senders")}</dt><dd>${senders.length === 0 ? say("none") : senders.map(senderText).join(", ")}</dd>
				<dt>${say("limits")}</dt><dd>${limitTexts(limits)}</dd>
				<dt>${say("passwords")}</dt><dd>${ages.length === 0 ? say("none") : ages.map(ageText).join(", ")}</dd>
				<dt>${say("webhook")}</dt><dd class="long">${webhook?.url ?? say("none")}</dd>
				<dt>${say("smppSessions")}</dt><dd>${smpp ? say("sessionsOf", { n: sessions, max: smpp.binds }) : say("restOnly")}</dd>
			</dl>
		</article>
	`;
}

const namesMax = 5;

function namesText(names: readonly string[] | null): string {
	if (names === null) return say("windowWarningAll");
	return names.length > namesMax ? `${names.slice(0, namesMax).join(", ")}…` : names.join(", ");
}

function ageText(days: number | null): string {
	if (days === null) return say("passwordAgeUnknown");
	return days === 0 ? say("passwordSetToday") : sayMany("passwordAge", days);
}

const senderText = ({ sender, default_time_bounds: window }: SenderRow) =>
	window === null ? sender : `${sender} (${window})`;

function limitTexts(limits: AccountRow["limits"]): string {
	const texts = [
		["perSecond", limits["requests_per_second"]],
		["perDay", limits["messages_per_day"]],
		["perHour", limits["messages_per_hour"]],
	] as const;
	const given = texts.flatMap(([key, n]) => (n === null || n === undefined ? [] : [sayMany(key, n)]));
	return given.length === 0 ? say("unlimited") : given.join(", ");
}
