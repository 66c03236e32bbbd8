/** Shows another page without loading the document again. */
export function goTo(path: string): void {
	history.pushState(null, "", path);
	dispatchEvent(new PopStateEvent("popstate"));
}
