export function pause(ms: number, signal: AbortSignal): Promise<void> {
	const { promise, resolve } = Promise.withResolvers<void>();
	const timer = setTimeout(resolve, ms);
	const stop = () => {
		clearTimeout(timer);
		resolve();
	};
	if (signal.aborted) stop();
	signal.addEventListener("abort", stop, { once: true });
	return promise.finally(() => signal.removeEventListener("abort", stop));
}
