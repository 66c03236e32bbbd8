import { slotAt } from "#shared/domain/schedule/slots.ts";
import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { loginOf } from "../world/accounts.ts";
import { bodyTo, doAt, expectAnswer, getByClientId, post, restClientOf, type Scenario } from "./scenario.ts";

const minuteMs = 60_000;

/**
 * A function dies right after it withdrew a message, before it queues the report. The client repeats the withdrawal, and
 * gets the report long before the message would have been due.
 */
export const scenario: Scenario = {
	script: { "delete-message:BatchExecuteStatement:messages:UPDATE": [{ kind: "death-after-effect", times: 1 }] },
	settings: { startAt: slotAt(Date.UTC(2027, 0, 4, 5, 0, 0)) },
	act(world) {
		const { settings, tasks } = world;
		const body = {
			...bodyTo("77010000001", almatyText(settings.startAt + 240 * minuteMs)),
			schedule: almatyText(settings.startAt + 180 * minuteMs),
		};
		tasks.keep(1);
		doAt(world, 40_000, "hook", async () => {
			const { message_id } = (await post(world, "hook", body, 40_000)).body as { readonly message_id: number };
			const { process } = restClientOf(world, "hook");
			const path = `/messages/${message_id}`;
			const pathParameters = { message_id: String(message_id) };
			const request = {
				role: "delete-message",
				method: "DELETE",
				path,
				pathParameters,
				login: loginOf("hook"),
			} as const;
			await world.api.ask(process, request, 40_000);
			expectAnswer(world, await world.api.ask(process, request, 40_000), 204);
			world.clientPromises.withdrawn(message_id);
		});
		doAt(world, 10 * minuteMs, "hook", async () => {
			const { body: found } = await getByClientId(world, "hook", body.client_message_id);
			const { is_informed } = found as { readonly is_informed?: unknown };
			if (is_informed !== "Y") world.failures.add("answer", `is_informed is ${is_informed}`);
		});
	},
};
