import { almatyText } from "#shared/domain/time/almaty-time.ts";
import { errorMeaning } from "./error-meanings.ts";
import { englishTimeline, type TimelineTexts } from "./timeline-text.ts";

/** The timeline's sentences in the console's other languages. A kind that is missing does not compile. */

const languages = ["en", "ru", "kk"] as const;
export type TimelineLanguage = (typeof languages)[number];
export const timelineLanguages = languages;

const timeZone = "Asia/Almaty";
const dayMs = 24 * 60 * 60_000;

/**
 * `09:00` of the same day, else with its date, and with its weekday if it is near. All are short forms, which have no cases: a
 * sentence may put a word such as `до` before them, or a colon.
 */
function dayTime(language: TimelineLanguage) {
	const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, { timeZone, ...options });
	const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
	const time = format(clock);
	const near = format({ weekday: "short", day: "numeric", month: "short", ...clock });
	const far = format({ year: "numeric", day: "numeric", month: "short", ...clock });
	return (at: number, from: number) => {
		if (almatyText(at).slice(0, 10) === almatyText(from).slice(0, 10)) return time.format(at);
		return (at > from && at - from < 6 * dayMs ? near : far).format(at);
	};
}

const unlessNull = <Value>(value: Value | null, text: (value: Value) => string) => (value === null ? "" : text(value));

const inRussian = dayTime("ru");
const ruCode = (code: string) => `код ${code}, ${errorMeaning("ru", code)}`;
const ruTries = (tries: number) => `попытка ${tries}`;

const ru: TimelineTexts = {
	events: {
		accepted: ({ channel, address, batchId }) =>
			`принято по ${channel === "rest" ? "REST" : "SMPP"}${unlessNull(address, (from) => ` с ${from}`)}${unlessNull(batchId, (id) => `, пакет ${id}`)}`,
		waits: ({ at, until, reason, timeBounds }) =>
			({
				schedule: `ждёт назначенного времени: ${inRussian(until, at)}`,
				time_bounds: `ждёт своего окна (${timeBounds}): до ${inRussian(until, at)}`,
				expiry: `ждёт своего окна (${timeBounds}), но срок истечёт раньше: ${inRussian(until, at)}`,
			})[reason],
		released: () => "время настало: поставлено в очередь оператора",
		paused: () => "отложено: пакет приостановлен",
		picked_up: () => "взято из очереди",
		refused_for_now: ({ errorCode, bindIndex, times, lastAt }) =>
			`SMSC пока отказывает, раз: ${times}${unlessNull(bindIndex, (bind) => `, соединение ${bind}`)}, ${ruCode(errorCode)}${times === 1 ? "" : `; последний раз ${almatyText(lastAt)}`}`,
		unanswered: ({ bindIndex }) => `SMSC не ответил${unlessNull(bindIndex, (bind) => `, соединение ${bind}`)}`,
		repeats_used_up: () => "больше не отправляется: повторы исчерпаны",
		left_out: ({ count }) => `здесь пропущены другие записи, неудачных попыток среди них: ${count}`,
		submitted: ({ operator, bindIndex, attempt }) =>
			`передано оператору${unlessNull(operator, (name) => ` ${name}`)}${unlessNull(bindIndex, (bind) => `, соединение ${bind}`)}${attempt === 1 ? "" : `, ${ruTries(attempt)}`}`,
		confirmed: ({ smscIds, isComplete }) =>
			`SMSC ${isComplete ? "принял" : "принял часть"}, id ${smscIds.map((id) => id || "–").join(", ")}`,
		receipt: ({ segments, smscId, status, errorCode, stat, err }) =>
			`отчёт оператора ${stat}${unlessNull(err, (code) => ` err ${code}`)} для ${smscId || "–"}, сегмент ${segments.join(", ")}: ${status}${unlessNull(errorCode, (code) => `, ${ruCode(code)}`)}`,
		ended: ({ status, errorCode }) => `завершилось: ${status}${unlessNull(errorCode, (code) => `, ${ruCode(code)}`)}`,
		withdrawn: () => "отозвано клиентом",
		report_failed: ({ at, of, tries, answer, nextAt }) =>
			`отчёт о ${of} не подтверждён, ${ruTries(tries)}: ${answer}; следующая: ${inRussian(nextAt, at)}`,
		report_given_up: ({ of, tries, answer }) =>
			`отчёт о ${of} больше не отправляется${unlessNull(tries, (count) => `, ${ruTries(count)}`)}: ${answer}`,
		reported: ({ of, tries, answer }) =>
			`отчёт о ${of} подтверждён${unlessNull(tries, (count) => `, ${ruTries(count)}`)}${unlessNull(answer, (text) => `: ${text}`)}`,
	},
	standings: {
		time_bounds: ({ until }, now) => `ждёт своего окна: до ${inRussian(until, now)}`,
		schedule: ({ until }, now) => `ждёт назначенного времени: ${inRussian(until, now)}`,
		receipt: ({ until }, now) => `ждёт отчёта оператора: до ${inRussian(until, now)}`,
		expiry: ({ until }, now) => `срок истечёт раньше, чем откроется окно: ${inRussian(until, now)}`,
		other_submit: ({ until }, now) => `возможно, уже передано другой записью; ждёт до ${inRussian(until, now)}`,
		lane: ({ errorCode }) =>
			`ждёт своей очереди${unlessNull(errorCode, (code) => `; SMSC пока отказывает, ${ruCode(code)}`)}`,
		report: ({ nextAt }, now) =>
			`ждёт, пока клиент подтвердит отчёт${nextAt === null || nextAt < now ? "" : `, следующая попытка: ${inRussian(nextAt, now)}`}`,
		paused: ({ since }, now) => `ждёт, пока пакет возобновят; отложено: ${inRussian(since, now)}`,
		nothing: () => "",
	},
};

const inKazakh = dayTime("kk");
const kkCode = (code: string) => `код ${code}, ${errorMeaning("kk", code)}`;
const kkTries = (tries: number) => `${tries}-әрекет`;

/** To be reviewed by a native speaker. */
const kk: TimelineTexts = {
	events: {
		accepted: ({ channel, address, batchId }) =>
			`${channel === "rest" ? "REST" : "SMPP"} арқылы қабылданды${unlessNull(address, (from) => `, ${from}`)}${unlessNull(batchId, (id) => `, топтама ${id}`)}`,
		waits: ({ at, until, reason, timeBounds }) =>
			({
				schedule: `белгіленген уақытын күтеді: ${inKazakh(until, at)}`,
				time_bounds: `өз терезесін (${timeBounds}) күтеді, ашылатын уақыты: ${inKazakh(until, at)}`,
				expiry: `өз терезесін (${timeBounds}) күтеді, бірақ мерзімі бұрын бітеді: ${inKazakh(until, at)}`,
			})[reason],
		released: () => "уақыты келді: оператор кезегіне қойылды",
		paused: () => "шетке қойылды: топтама тоқтатылған",
		picked_up: () => "кезектен алынды",
		refused_for_now: ({ errorCode, bindIndex, times, lastAt }) =>
			`SMSC әзірге қабылдамады, рет саны: ${times}${unlessNull(bindIndex, (bind) => `, қосылым ${bind}`)}, ${kkCode(errorCode)}${times === 1 ? "" : `; соңғысы ${almatyText(lastAt)}`}`,
		unanswered: ({ bindIndex }) => `SMSC жауап бермеді${unlessNull(bindIndex, (bind) => `, қосылым ${bind}`)}`,
		repeats_used_up: () => "енді жіберілмейді: қайталаулар таусылды",
		left_out: ({ count }) => `мұнда басқа жазбалар көрсетілмеген, олардың ішінде сәтсіз әрекеттер: ${count}`,
		submitted: ({ operator, bindIndex, attempt }) =>
			`операторға берілді${unlessNull(operator, (name) => `: ${name}`)}${unlessNull(bindIndex, (bind) => `, қосылым ${bind}`)}${attempt === 1 ? "" : `, ${kkTries(attempt)}`}`,
		confirmed: ({ smscIds, isComplete }) =>
			`SMSC ${isComplete ? "қабылдады" : "бір бөлігін қабылдады"}, id ${smscIds.map((id) => id || "–").join(", ")}`,
		receipt: ({ segments, smscId, status, errorCode, stat, err }) =>
			`оператор есебі ${stat}${unlessNull(err, (code) => ` err ${code}`)}, ${smscId || "–"}, сегмент ${segments.join(", ")}: ${status}${unlessNull(errorCode, (code) => `, ${kkCode(code)}`)}`,
		ended: ({ status, errorCode }) => `аяқталды: ${status}${unlessNull(errorCode, (code) => `, ${kkCode(code)}`)}`,
		withdrawn: () => "клиент қайтарып алды",
		report_failed: ({ at, of, tries, answer, nextAt }) =>
			`${of} есебі расталмады, ${kkTries(tries)}: ${answer}; келесісі: ${inKazakh(nextAt, at)}`,
		report_given_up: ({ of, tries, answer }) =>
			`${of} есебі енді жіберілмейді${unlessNull(tries, (count) => `, ${kkTries(count)}`)}: ${answer}`,
		reported: ({ of, tries, answer }) =>
			`${of} есебі расталды${unlessNull(tries, (count) => `, ${kkTries(count)}`)}${unlessNull(answer, (text) => `: ${text}`)}`,
	},
	standings: {
		time_bounds: ({ until }, now) => `өз терезесін күтеді, ашылатын уақыты: ${inKazakh(until, now)}`,
		schedule: ({ until }, now) => `белгіленген уақытын күтеді: ${inKazakh(until, now)}`,
		receipt: ({ until }, now) => `оператор есебін күтеді, күтудің соңы: ${inKazakh(until, now)}`,
		expiry: ({ until }, now) => `мерзімі терезесі ашылмай тұрып бітеді: ${inKazakh(until, now)}`,
		other_submit: ({ until }, now) => `басқа жазба жіберіп қойған болуы мүмкін; күтудің соңы: ${inKazakh(until, now)}`,
		lane: ({ errorCode }) =>
			`өз кезегін күтеді${unlessNull(errorCode, (code) => `; SMSC әзірге қабылдамайды, ${kkCode(code)}`)}`,
		report: ({ nextAt }, now) =>
			`клиенттің есепті растауын күтеді${nextAt === null || nextAt < now ? "" : `, келесі әрекет: ${inKazakh(nextAt, now)}`}`,
		paused: ({ since }, now) => `топтама жалғасқанша күтеді; шетке қойылған уақыты: ${inKazakh(since, now)}`,
		nothing: () => "",
	},
};

export const timelineTexts: Readonly<Record<TimelineLanguage, TimelineTexts>> = { en: englishTimeline, ru, kk };
