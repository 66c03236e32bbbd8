import { describe, expect, it, vi } from "vitest";
import { takeLease } from "#shared/flow/held-lease.ts";
import { ended, useManualTime } from "#test/fakes/manual-time.ts";
import { leasingOfTask, memoryLeases } from "#test/fakes/memory-leases.ts";

useManualTime();

const lease = "kcell#0";

/** A lease that is held, and whose renewals come to the store when they are let. */
async function aHeldLease() {
	const leases = memoryLeases();
	const renewals: (() => void)[] = [];
	const leaseDeps = leasingOfTask({ leases: { ...leases } });
	const held = (await takeLease(leaseDeps, lease, () => undefined)) ?? expect.fail("another has it");
	leaseDeps.leases.hold = async (...given) => {
		const { promise, resolve } = Promise.withResolvers<void>();
		renewals.push(resolve);
		await promise;
		return await leases.hold(...given);
	};
	await vi.advanceTimersByTimeAsync(leaseDeps.terms.heartbeatMs);
	return { leases, renewals, held };
}

describe("a lease that is released", () => {
	it("is free for others though a renewal was on its way, which comes to the store first", async () => {
		const { leases, renewals, held } = await aHeldLease();

		const released = held.release();
		await vi.advanceTimersByTimeAsync(100);
		for (const renew of renewals) renew();
		await ended(released);

		expect(renewals).toHaveLength(1);
		expect(await leases.hold(lease, "another task", Date.now(), Date.now() + 30_000)).toBe(true);
	});

	it("is relied on no more, from the moment that its release begins", async () => {
		const { renewals, held } = await aHeldLease();
		const before = held.trusted;

		const released = held.release();

		expect([before, held.trusted]).toEqual([true, false]);
		for (const renew of renewals) renew();
		await ended(released);
	});
});
