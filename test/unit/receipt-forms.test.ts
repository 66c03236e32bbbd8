import { describe, expect, it, vi } from "vitest";
import { receiptForms } from "#shared/usecases/receipts/receipt-forms.ts";
import { memoryLog, memoryReceiptForms, stoppedClock } from "#test/fakes/memory-stores.ts";

const minute = 60_000;

function aProcess(store = memoryReceiptForms()) {
	const now = stoppedClock();
	const log = memoryLog();
	const read = vi.spyOn(store, "read");
	return { store, now, log, read, ...receiptForms(store, now, log) };
}

const events = ({ events: all }: ReturnType<typeof memoryLog>) => all.map(({ event }) => event);

describe("the forms of an operator's receipts", () => {
	it("are read once in five minutes, also by calls at the same time", async () => {
		const { store, now, read, of } = aProcess();
		await store.add("kcell", "hex bare");

		const together = await Promise.all([of("kcell"), of("kcell")]);
		now.advance(4 * minute);
		await of("kcell");
		const reads = read.mock.calls.length;
		await store.clear("kcell");
		now.advance(minute);

		expect(together.map((forms) => [...forms])).toEqual([["hex bare"], ["hex bare"]]);
		expect([reads, [...(await of("kcell"))], read.mock.calls.length]).toEqual([1, [], 2]);
	});

	it("are learnt once, for every process", async () => {
		const { store, learn } = aProcess();

		expect([await learn("kcell", "hex bare"), await learn("kcell", "hex bare")]).toEqual([true, false]);
		expect([...(await aProcess(store).of("kcell"))]).toEqual(["hex bare"]);
		expect([...(await aProcess(store).of("tele2"))]).toEqual([]);
	});

	it("are those that this process knows while the store cannot be read or written", async () => {
		const { store, log, learn, of, now } = aProcess();
		await learn("kcell", "zeros 8");
		store.read = async () => Promise.reject(new Error("away"));
		store.add = async () => Promise.reject(new Error("away"));
		now.advance(6 * minute);

		await learn("kcell", "hex bare");

		expect([...(await of("kcell"))]).toEqual(["zeros 8", "hex bare"]);
		expect(new Set(events(log))).toEqual(new Set(["receipt_forms.read_failed", "receipt_forms.write_failed"]));
	});
});
