/**
 * What stands first in every function's bundle. Packages that are CommonJS (pino is) ask for Node's own modules by `require`, which a
 * module does not have: without this no function that logs would load.
 */
export const bundleBanner =
	"import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";
