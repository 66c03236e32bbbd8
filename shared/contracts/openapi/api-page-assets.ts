/** The style and the script of the page about the API. Its policy has their hashes, so no other runs. */

export const style = `
:root{color-scheme:light dark;--text:#222;--back:#fff;--line:#ccc;--shade:#f4f4f4;--link:#0645ad}
@media(prefers-color-scheme:dark){:root{--text:#e4e4e4;--back:#161616;--line:#4a4a4a;--shade:#262626;--link:#8ab4f8}}
body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:var(--text);background:var(--back)}
a{color:var(--link)}
h3 code{font-size:inherit}
table{border-collapse:collapse;margin:.5em 0}
td,th{border:1px solid var(--line);padding:.3em .6em;text-align:left;vertical-align:top}
code,pre,textarea{font:14px/1.4 ui-monospace,monospace}
pre,h3 code,li code{overflow-wrap:anywhere}
pre{white-space:pre-wrap;background:var(--shade);padding:.6em}
section{border-top:1px solid var(--line);margin-top:1.5em}
input,button,textarea{font-size:inherit;padding:.2em .5em;max-width:100%;box-sizing:border-box}
label{display:inline-block;margin-right:.5em}
textarea{display:block;width:100%;margin:.5em 0}
@media(max-width:40em){body{margin:1em auto}td,th{padding:.2em .3em;font-size:14px}td code{font-size:13px}}
`;

/** Sends the request of a form. Only a local stack gets forms: a login is typed into no other page. */
export const script = `
const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);
const base = document.body.dataset.base;
const value = (id) => document.getElementById(id).value;
const ownId = /("client_message_id": ")[^"]*/g;
let examples = 0;
/* A repeated client_message_id is refused. */
const renew = (area) => {
	area.value = area.value.replace(ownId, (_, start) => start + "try-" + Date.now() + "-" + ++examples);
};
/* The other forms can read what a request made. What they search by stays empty. */
const fill = (name, text) => {
	for (const input of document.querySelectorAll('input[data-in="path"][name="' + name + '"]')) input.value = text;
};
document.getElementById("login").hidden = !isLocal;
for (const form of document.forms) {
	form.hidden = !isLocal;
	const area = form.querySelector("textarea");
	if (area) renew(area);
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		let path = form.dataset.path;
		const query = new URLSearchParams();
		for (const input of form.querySelectorAll("input")) {
			if (input.dataset.in === "path") path = path.replace("{" + input.name + "}", encodeURIComponent(input.value));
			else if (input.value !== "") query.set(input.name, input.value);
		}
		const login = new TextEncoder().encode(value("user") + ":" + value("password"));
		const headers = { authorization: "Basic " + btoa(String.fromCharCode(...login)) };
		if (area) headers["content-type"] = "application/json";
		const shown = form.querySelector("pre");
		shown.hidden = false;
		try {
			const url = base + path + (query.size > 0 ? "?" + query : "");
			const answer = await fetch(url, { method: form.dataset.method, headers, body: area ? area.value : undefined });
			const text = await answer.text();
			const head = [answer.status, ...["location", "retry-after", "next-cursor"].flatMap((name) =>
				answer.headers.has(name) ? [name + ": " + answer.headers.get(name)] : [])];
			let body = text;
			try { body = JSON.stringify(JSON.parse(text), null, 2); } catch {}
			shown.textContent = head.join("\\n") + "\\n\\n" + body;
			if (area && answer.status === 201) {
				const { client_message_id } = JSON.parse(area.value);
				const made = { ...JSON.parse(text), user_name: value("user"), ...(client_message_id && { client_message_id }) };
				for (const [name, id] of Object.entries(made)) fill(name, id);
				renew(area);
			}
		} catch (error) {
			shown.textContent = String(error);
		}
	});
}
`;
