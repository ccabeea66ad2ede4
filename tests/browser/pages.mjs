// Every page in one language, as every role that has it, light and dark, on a phone and a desktop: no fault of accessibility,
// script or request; it fits a phone; its head is there, has the focus and names the document; nothing is in the other language.
import fs from 'node:fs';
import axe from 'axe-core';
import { run, settled } from './browser.mjs';
import { places } from './places.mjs';

const sizes = [1280, 375];

// Goes to a page inside the frame, as a link does, and waits until it is all there.
async function go(who, address) {
    await who.page.evaluate((to) => {
        document.querySelector('h1').dataset.left = 'yes';
        history.pushState(null, '', to);
        dispatchEvent(new PopStateEvent('popstate'));
    }, address);
    await settled(who);
}

// What is wrong with the head and the language.
function look({ language, names }) {
    const wrong = [];
    const head = document.querySelector('h1');
    if (document.querySelectorAll('h1').length !== 1) wrong.push(`${document.querySelectorAll('h1').length} h1`);
    if (document.activeElement !== head) wrong.push(`the focus is on ${document.activeElement?.outerHTML.slice(0, 80)}`);
    if (document.title !== `${head?.textContent.trim()} · ${language === 'zh' ? '明白' : 'mingbai'}`) wrong.push(`title ${document.title}`);
    if (document.documentElement.lang !== (language === 'zh' ? 'zh-CN' : 'en')) wrong.push(`lang ${document.documentElement.lang}`);
    // People's own words, codes and commands are in no language of ours, nor is what says its own language.
    const foreign = language === 'en' ? /[\u4e00-\u9fff]/ : /[A-Za-z]{2,}[,;:]? [A-Za-z]{2,}[,;:]? [A-Za-z]{2,}/;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const text = node.data.trim();
        if (!foreign.test(text) || names.some((name) => text.includes(name))) continue;
        const own = node.parentElement.closest('[lang], .written, .map, pre, code, script, noscript, textarea');
        if (own && own !== document.documentElement) continue;
        wrong.push(`language: ${text.slice(0, 120)} in ${node.parentElement.outerHTML.slice(0, 100)}`);
    }
    return wrong;
}

// `what`: 'all', or the rules of colour alone.
async function accessible({ page }, what) {
    const { violations } = await page.evaluate((rules) => axe.run(document, { resultTypes: ['violations'],
        ...(rules !== 'all' && { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } }) }), what);
    return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary.split('\n').slice(1, 2).join(' ').trim()}`).join(' | ')} (${nodes.length})`);
}

await run(async ({ language, of, cookies, names, only }, come) => {
    const wrong = [];
    const seen = new Set(); // what is the same for another role is not looked at again
    let looked = 0, checked = 0;
    const pages = JSON.parse(fs.readFileSync(new URL('../../web/pages.json', import.meta.url), 'utf8'));
    for (const { path } of pages) if (!places.some(([each]) => each === path)) wrong.push(`${path}: say in places.mjs who has it`);
    for (const [path] of places) if (!pages.some((page) => page.path === path)) wrong.push(`${path} of places.mjs is no page`);
    for (const [role, cookie] of Object.entries(cookies)) {
        const who = await come({ language, width: sizes[0], theme: 'light', cookie });
        const { page } = who;
        await page.addInitScript(axe.source);
        await who.open('/help/access'); // from there the first one is moved to, too
        await settled(who);
        for (const [, roles, address] of places) {
            const there = address(of);
            if (!roles.includes(role) || (only && !there.startsWith(only))) continue;
            looked++;
            const note = (how, faults) => wrong.push(...faults.map((fault) => `${role} ${language} ${there} ${how}: ${fault}`));
            try {
                await go(who, who.address(there));
                if (await page.locator('main .state.error h2').count()) note('', [`it fails: ${(await page.locator('main .state.error').first().innerText()).replaceAll('\n', ' ')}`]);
                note('', await page.evaluate(look, { language, names }));
                const content = await page.getByRole('main').evaluate((main) => main.innerHTML.replace(/[\d,]+/g, '0'));
                const is_known = seen.has(content);
                seen.add(content);
                for (const [index, width] of sizes.entries()) {
                    await page.setViewportSize({ width, height: 900 });
                    if (await page.evaluate(() => document.scrollingElement.scrollWidth > innerWidth)) note(width, ['it scrolls sideways']);
                    if (is_known) continue;
                    for (const theme of index ? ['dark', 'light'] : ['light', 'dark']) {
                        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
                        note(`${width} ${theme}`, await accessible(who, theme === 'light' ? 'all' : 'colour'));
                        checked++;
                    }
                }
                await page.setViewportSize({ width: sizes[0], height: 900 });
            } catch (error) { note('', [error.message.split('\n')[0]]); }
            note('', who.faults.splice(0));
        }
        await page.context().close();
    }
    return { wrong, looked, checked };
});
