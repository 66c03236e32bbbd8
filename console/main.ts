import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { html, type View } from "./html.ts";
import { currentLanguage, type Language, languages, preferredLanguage, say, useLanguage } from "./language.ts";
import { goTo } from "./navigation.ts";
import { Notices } from "./notices.ts";
import { Accounts } from "./pages/accounts.ts";
import { Messages } from "./pages/messages.ts";
import { Phones } from "./pages/phones.ts";
import { Reports } from "./pages/reports.ts";
import { Traffic } from "./pages/traffic.ts";
import { whenLoaded } from "./parts/loaded.ts";
import { useData } from "./server.ts";

const pages = { phones: Phones, messages: Messages, traffic: Traffic, reports: Reports, accounts: Accounts } as const;
type PageName = keyof typeof pages;
const names = Object.keys(pages) as readonly PageName[];

type About = { readonly stage: string | null; readonly demo: boolean };
const languageNames = { en: "English", ru: "Русский", kk: "Қазақша" } as const satisfies Record<Language, string>;

let visits = 0;

/** `/traffic`, `/messages/123`. A search that is repeated is another visit. */
function placeNow() {
	const [, name = "", id] = location.pathname.split("/");
	visits += 1;
	return { name, id, search: location.search, visit: visits };
}

function Console() {
	const [place, setPlace] = useState(placeNow);
	const [language, setLanguage] = useState(currentLanguage());
	const loaded = useData<About>("about");
	const about = loaded.data;
	useEffect(() => {
		const follow = () => setPlace(placeNow());
		addEventListener("popstate", follow);
		return () => removeEventListener("popstate", follow);
	}, []);
	if (about === undefined) return html`<main class="page">${whenLoaded(loaded, () => null)}</main>`;
	const shown = names.filter((name) => name !== "phones" || about.demo);
	const name = (place.name || shown[0]) as PageName;
	const Page = shown.includes(name) ? pages[name] : undefined;
	document.title = Page ? `${say(name)} · SMSGW` : "SMSGW";
	const choose = async (next: Language) => {
		await useLanguage(next);
		setLanguage(next);
	};
	return html`
		<a class="skip" href="#content">${say("skipToContent")}</a>
		<header>
			<strong class="brand">SMSGW <span>${about.stage === null ? say("localStack") : say("stage", { name: about.stage })}</span></strong>
			<nav aria-label=${say("pages")}>
				${shown.map((one) => html`<${PageLink} name=${one} isCurrent=${one === name} />`)}
			</nav>
			<select aria-label=${say("language")} value=${language} onChange=${(event: Event) => choose((event.target as HTMLSelectElement).value as Language)}>
				${languages.map((one) => html`<option value=${one} lang=${one}>${languageNames[one]}</option>`)}
			</select>
		</header>
		<main id="content" class="page" tabindex="-1" key=${`${name}-${language}`}>
			${Page ? html`<${Page} id=${place.id} search=${place.search} visit=${place.visit} />` : html`<p>${say("noSuchPage")}</p>`}
		</main>
		<${Notices} />
	`;
}

function PageLink({ name, isCurrent }: { readonly name: PageName; readonly isCurrent: boolean }): View {
	const follow = (event: MouseEvent) => {
		if (event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		goTo(`/${name}`);
	};
	return html`<a href=${`/${name}`} aria-current=${isCurrent ? "page" : undefined} onClick=${follow}>${say(name)}</a>`;
}

const root = document.getElementById("console");
await useLanguage(preferredLanguage());
if (root) render(html`<${Console} />`, root);
