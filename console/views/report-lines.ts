const linesMax = 5;
const lengthMax = 300;

type Fields = Readonly<Record<string, unknown>>;

/** The statuses and subscribers' messages in a report. Anyone may send anything to the webhook server: what is no report has no lines. */
export function reportLines(body: unknown): readonly string[] {
	const report = fieldsOf(body);
	const lines = [
		...listOf(report["delivery_report"]).map(
			({ message_id: id, status, error_code: code }) => `${text(status)}${isError(code) ? ` ${code}` : ""} ${text(id)}`,
		),
		...listOf(report["incoming_report"]).map(
			(one) => `${text(one["sender"])} → ${text(one["recipient"])}: ${text(one["text"])}`,
		),
	].map((line) => line.slice(0, lengthMax));
	return lines.length > linesMax ? [...lines.slice(0, linesMax), "…"] : lines;
}

const fieldsOf = (value: unknown): Fields => (typeof value === "object" && value !== null ? (value as Fields) : {});

const listOf = (value: unknown): readonly Fields[] =>
	Array.isArray(value) ? value.slice(0, linesMax + 1).map(fieldsOf) : [];

const text = (value: unknown) => (typeof value === "string" || typeof value === "number" ? String(value) : "–");

const isError = (code: unknown): code is string => typeof code === "string" && code !== "" && code !== "0";
