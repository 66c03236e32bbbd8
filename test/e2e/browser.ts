import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

const paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A browser of this machine; undefined if it has none. `.ci/run` installs one. */
export const browserPath = paths.find((path) => existsSync(path));

export async function openBrowser(): Promise<Browser> {
	if (browserPath === undefined) throw new Error(`there is no browser at ${paths.join(", ")}`);
	return await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

/** Errors of a page: exceptions, and what its content security policy has stopped. */
export function errorsOf(page: Page): readonly string[] {
	const errors: string[] = [];
	page.on("pageerror", (error) => errors.push(String(error)));
	page.on("console", (line) => {
		if (line.type() === "error") errors.push(line.text());
	});
	return errors;
}
