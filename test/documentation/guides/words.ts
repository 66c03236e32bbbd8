import type { ErrorCode } from "#shared/domain/message/error-codes.ts";
import type { Operator } from "#shared/domain/message/operators.ts";
import type { priorityNames } from "#shared/domain/message/priorities.ts";
import type { MessageStatus } from "#shared/domain/message/statuses.ts";
import type { ErrorAction } from "./error-actions.ts";

export const languages = ["en", "ru", "kk"] as const;
export type Language = (typeof languages)[number];

type Limit =
	| "text"
	| "gsm7"
	| "ucs2"
	| "clientMessageId"
	| "batch"
	| "body"
	| "schedule"
	| "expiry"
	| "incoming"
	| "retention"
	| "reportAnswer"
	| "reportTries";

/** What a field of a request is for; in the order of the tables. */
export type RequestField =
	| "client_message_id"
	| "sender"
	| "recipient"
	| "message_text"
	| "priority"
	| "expire_date"
	| "time_bounds"
	| "flash"
	| "schedule";

export type ReportField =
	| "message_id"
	| "client_message_id"
	| "status"
	| "error_code"
	| "error_message"
	| "segment_count"
	| "init_time"
	| "sent_time"
	| "sent_confirm_time"
	| "status_time"
	| "rn_code"
	| "retry_count";

/** The words of a language from which the tables of the guides are made. Each must have all. */
export type Words = {
	readonly headings: {
		readonly code: string;
		readonly text: string;
		readonly meaning: string;
		readonly who: string;
		readonly whatToDo: string;
		readonly name: string;
		readonly days: string;
		readonly hours: string;
		readonly limit: string;
		readonly value: string;
		readonly field: string;
		readonly required: string;
		readonly status: string;
		readonly final: string;
		readonly try: string;
		readonly wait: string;
		readonly operator: string;
		readonly priority: string;
	};
	readonly yes: string;
	readonly no: string;
	readonly weekdays: string;
	readonly everyDay: string;
	readonly anyHour: string;
	/** With `{0}`, `{1}` for numbers. */
	readonly limits: Readonly<Record<Limit, readonly [name: string, value: string]>>;
	readonly seconds: string;
	readonly minutes: string;
	readonly hoursUnit: string;
	readonly statuses: Readonly<Record<MessageStatus, string>>;
	readonly priorities: Readonly<Record<(typeof priorityNames)[number], string>>;
	readonly operators: Readonly<Record<Operator, string>>;
	readonly actions: Readonly<Record<ErrorAction, readonly [who: string, what: string]>>;
	/** Null in the language of the dictionary itself. */
	readonly errors: Readonly<Record<ErrorCode, string>> | null;
	readonly requestFields: Readonly<Record<RequestField, string>>;
	readonly reportFields: Readonly<Record<ReportField, string>>;
};
