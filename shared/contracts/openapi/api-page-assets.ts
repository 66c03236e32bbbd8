/** The style and the script of the page about the API. Its policy has their hashes, so no other runs. */

export const style =
	"body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222;background:#fff}table{border-collapse:collapse;margin:.5em 0}td,th{border:1px solid #ccc;padding:.3em .6em;text-align:left;vertical-align:top}code,pre,textarea{font:14px/1.4 ui-monospace,monospace}pre{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f4;padding:.6em}section{border-top:1px solid #ddd;margin-top:1.5em}textarea{display:block;width:100%;box-sizing:border-box;margin:.5em 0}";

/** Sends the request of a form. Only a local stack gets forms: a login is typed into no other page. */
export const script = `
const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(location.hostname);
const base = document.body.dataset.base;
const value = (id) => document.getElementById(id).value;
document.getElementById("login").hidden = !isLocal;
for (const form of document.forms) {
	form.hidden = !isLocal;
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
		const area = form.querySelector("textarea");
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
		} catch (error) {
			shown.textContent = String(error);
		}
	});
}
`;
