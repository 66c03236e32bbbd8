import { describe, expect, it, vi } from "vitest";
import { takeLease } from "#shared/flow/held-lease.ts";
import { settled, useManualTime } from "#test/fakes/manual-time.ts";
import { leasingOfTask, memoryLeases } from "#test/fakes/memory-leases.ts";

useManualTime();

const lease = "kcell#0";

/** A held lease whose renewals reach the store when the test lets them. */
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

describe("a released lease", () => {
	it("is free even if a renewal was in progress, since that renewal completes first", async () => {
		const { leases, renewals, held } = await aHeldLease();

		const released = held.release();
		await vi.advanceTimersByTimeAsync(100);
		for (const renew of renewals) renew();
		await settled(released);

		expect(renewals).toHaveLength(1);
		expect(await leases.hold(lease, "another task", Date.now(), Date.now() + 30_000)).toBe(true);
	});

	it("is not trusted from the moment its release begins", async () => {
		const { renewals, held } = await aHeldLease();
		const before = held.trusted;

		const released = held.release();

		expect([before, held.trusted]).toEqual([true, false]);
		for (const renew of renewals) renew();
		await settled(released);
	});
});
