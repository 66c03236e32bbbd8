/**
 * First line of every function's bundle. CommonJS packages (such as pino) `require` Node's modules, which an ES module cannot do by itself.
 */
export const bundleBanner =
	"import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);";
