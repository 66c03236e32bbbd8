import type { Webhook } from "../accounts/account.ts";

/** Whether an answer confirms a report (R42): 204, or 200 or 201 with `OK`, in any case, quoted or not (A39). */
export function confirms(ack: Webhook["ack"], status: number, body: string): boolean {
	if (ack === "any2xx") return status >= 200 && status < 300;
	return status === 204 || ((status === 200 || status === 201) && /^(["']?)ok\1$/i.test(body.trim()));
}
