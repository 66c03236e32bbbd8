import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.ts";
import { say } from "../language.ts";
import { goTo } from "../navigation.ts";
import { Field, fieldsOf } from "../parts/field.ts";
import { JsonLink, whenLoaded } from "../parts/loaded.ts";
import { MessageDetails } from "../parts/message-details.ts";
import { type Column, Table } from "../parts/table.ts";
import { useData } from "../server.ts";
import { searchProblem } from "../views/search-problem.ts";

type MessageRow = {
	readonly message_id: number;
	readonly account: string;
	readonly client_message_id: string | null;
	readonly sender: string;
	readonly recipient: string;
	readonly operator: string | null;
	readonly status: string;
	readonly error_code: string | null;
	readonly accepted: string;
};
type Found = { readonly messages: readonly MessageRow[]; readonly next_cursor: string | null };

type PageProps = { readonly id?: string; readonly search: string; readonly visit: number };

/** `/messages?recipient=…` finds, `/messages/ID` shows one. */
export function Messages({ id, search, visit }: PageProps) {
	if (id) return html`<${MessageDetails} id=${id} />`;
	const problem = searchProblem(search);
	return html`
		<h1>${say("messages")}</h1>
		<${FindForm} search=${search} />
		${search && (problem ? html`<p class="error" role="alert">${say(problem)}</p>` : html`<${Results} key=${visit} search=${search} />`)}
	`;
}

const statuses = [
	"",
	"NEW",
	"SENT",
	"EN_ROUTE",
	"DELIVERED",
	"FAILED",
	"EXPIRED",
	"UNDELIVERABLE",
	"ACCEPTED",
	"INVALID",
	"REJECTED",
	"DELETED",
];

function FindForm({ search }: { readonly search: string }) {
	const given = new URLSearchParams(search);
	const value = (name: string) => given.get(name) ?? "";
	const form = useRef<HTMLFormElement>(null);
	/* After Back, the form shows what the results are of. It stays the same element, which keeps the focus; at once,
	   because a person may type already. */
	useLayoutEffect(() => {
		const fields = form.current?.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name]") ?? [];
		for (const field of fields) field.value = value(field.name);
	}, [search]);
	const find = (event: SubmitEvent) => {
		event.preventDefault();
		const filled = Object.entries(fieldsOf(event.target as HTMLFormElement)).filter(([, text]) => text.trim() !== "");
		if (filled.length > 0) goTo(`/messages?${new URLSearchParams(filled.map(([name, text]) => [name, text.trim()]))}`);
	};
	return html`
		<form ref=${form} class="find" aria-label=${say("findMessages")} onSubmit=${find}>
			<p class="intro">${say("findHint")}</p>
			<div class="row">
				<${Field} label=${say("recipient")} name="recipient" value=${value("recipient")} size="14" optional />
				<${Field} label=${say("messageId")} name="message" value=${value("message")} size="16" optional />
				<${Field} label=${say("account")} name="account" value=${value("account")} size="10" optional />
				<${Field} label=${say("clientMessageId")} name="client_id" value=${value("client_id")} size="16" optional />
				<${Field} label=${say("batchId")} name="batch" value=${value("batch")} size="16" optional />
				<${Field} label=${say("smscId")} name="smsc_id" value=${value("smsc_id")} size="12" optional />
				<${Field} label=${say("sender")} name="sender" value=${value("sender")} size="10" optional />
				<label class="field">${say("status")}
					<select name="status">${statuses.map((one) => html`<option value=${one}>${one || "–"}</option>`)}</select>
				</label>
				<button class="strong">${say("find")}</button>
			</div>
		</form>
	`;
}

function Results({ search }: { readonly search: string }) {
	const [cursor, setCursor] = useState<string | undefined>();
	const query = `messages${search}${cursor === undefined ? "" : `&cursor=${encodeURIComponent(cursor)}`}`;
	const columns: readonly Column<MessageRow>[] = [
		{ title: say("messageId"), cell: ({ message_id: id }) => html`<${MessageLink} id=${id} />` },
		{ title: say("time"), cell: ({ accepted }) => accepted },
		{ title: say("account"), cell: ({ account }) => account },
		{ title: say("clientMessageId"), cell: ({ client_message_id: own }) => own ?? "–" },
		{ title: say("sender"), cell: ({ sender }) => sender },
		{ title: say("recipient"), cell: ({ recipient }) => recipient },
		{ title: say("operator"), cell: ({ operator }) => operator ?? "–" },
		{ title: say("status"), cell: (row) => html`<${Status} status=${row.status} code=${row.error_code} />` },
	];
	return html`
		${whenLoaded(
			useData<Found>(query),
			({ messages, next_cursor: next }) => html`
				<${Table} columns=${columns} rows=${messages} none=${say("nothingFound")} />
				${next && messages.length === 0 && html`<p>${say("lookFurther")}</p>`}
				${next && html`<p><button type="button" onClick=${() => setCursor(next)}>${say("next")}</button></p>`}
			`,
		)}
		<${JsonLink} query=${query} />
	`;
}

function MessageLink({ id }: { readonly id: number }) {
	const follow = (event: MouseEvent) => {
		if (event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		goTo(`/messages/${id}`);
	};
	return html`<a href=${`/messages/${id}`} onClick=${follow}>${id}</a>`;
}

function Status({ status, code }: { readonly status: string; readonly code: string | null }) {
	const tone = status === "DELIVERED" ? "good" : code !== null && code !== "0" ? "bad" : "";
	return html`<span class=${`state ${tone}`}>${status}${tone === "bad" ? ` ${code}` : ""}</span>`;
}
