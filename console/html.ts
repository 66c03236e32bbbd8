import htm from "htm";
import { type ComponentChild, h } from "preact";

export type View = ComponentChild;
type Template = (strings: TemplateStringsArray, ...values: readonly unknown[]) => View;

/** JSX as a template literal: what the browser can read without a build. */
export const html = (htm as unknown as { bind(create: typeof h): Template }).bind(h);
