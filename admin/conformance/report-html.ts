import type { Exchange } from "./exchange.ts";
import type { CheckResult, Verdict } from "./judge.ts";

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (one) => escapes[one] ?? one);

const colours: Readonly<Record<Verdict, string>> = {
	pass: "#0a7d33",
	differs: "#b00020",
	"settled otherwise": "#9a6700",
	"not tried": "#666",
};

const shownMax = 10_000;
const cut = (text: string) => (text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);

function exchangeText({ request, answer }: Exchange): string {
	const asked = `${request.method} ${request.path}\n${request.body ?? ""}`.trim();
	if ("failed" in answer) return `${asked}\n\nno answer: ${answer.failed}`;
	const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
	return `${asked}\n\n${[String(answer.status), ...headers].join("\n")}\n\n${answer.text}`;
}

function rowOf({ point, step, verdict, detail, sentence, exchange }: CheckResult): string {
	const details =
		exchange === null
			? ""
			: `<details><summary>request and answer</summary><pre>${escaped(cut(exchangeText(exchange)))}</pre></details>`;
	return `<tr><td>${point}</td><td lang="ru">${escaped(sentence)}</td><td>${escaped(step)}${details}</td><td style="color:${colours[verdict]}"><b>${verdict}</b> ${escaped(detail)}</td></tr>`;
}

/** The findings as one page that needs nothing else. */
export function reportHtml(title: string, summary: string, findings: readonly CheckResult[]): string {
	return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body{font:14px/1.4 system-ui,sans-serif;margin:2em}table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:.4em;text-align:left;vertical-align:top}pre{white-space:pre-wrap;overflow-wrap:anywhere;max-width:60em}</style>
<h1>${escaped(title)}</h1><p>${escaped(summary)}</p>
<table><tr><th>point</th><th>the document</th><th>request</th><th>verdict</th></tr>
${findings.map(rowOf).join("\n")}
</table></html>
`;
}
