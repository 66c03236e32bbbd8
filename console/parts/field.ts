import { html } from "../html.ts";

type FieldProps = {
	readonly label: string;
	readonly name: string;
	readonly value?: string | number;
	readonly type?: string;
	readonly size?: string;
	readonly grows?: boolean;
	readonly optional?: boolean;
};

export function Field({ label, name, value = "", type = "text", size, grows, optional }: FieldProps) {
	return html`<label class=${`field${grows ? " grows" : ""}`}>${label}
		<input name=${name} type=${type} defaultValue=${value} size=${size} required=${!optional} autocomplete="off" />
	</label>`;
}

/** The texts of a form's fields. */
export function fieldsOf(form: HTMLFormElement): Readonly<Record<string, string>> {
	return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}
