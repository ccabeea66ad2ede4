// Pictures of pages: node shots.mjs SETTINGS, with the settings of pages.mjs and `shots`, the folder to write to. `home` true:
// only the home page as the documents show it.
import fs from 'node:fs';
import { run, settled } from './browser.mjs';
import { places } from './places.mjs';

await run(async ({ shots, home, of, cookies }, come) => {
    fs.mkdirSync(shots, { recursive: true });
    if (home) {
        for (const language of ['zh', 'en']) {
            const who = await come({ language, width: 1280, theme: 'light' });
            await who.page.setViewportSize({ width: 1280, height: 1100 });
            await who.open('/');
            await settled(who);
            await who.page.screenshot({ path: `${shots}/portal.${language}.png` });
        }
        return {};
    }
    let taken = 0;
    for (const language of ['zh', 'en']) for (const width of [1280, 375]) for (const theme of ['light', 'dark']) for (const [, roles, address] of places) {
        const role = roles.at(-1);
        const who = await come({ language, width, theme, cookie: cookies[role] });
        await who.open(address(of));
        await settled(who);
        const name = address(of).replace(/[A-Z]{2}-[\d-]+|[\da-f]{20,}/, 'one').replace(/\W+/g, '-').replace(/^-|-$/g, '') || 'home';
        await who.page.screenshot({ path: `${shots}/${name}.${role}.${language}.${width}.${theme}.png`, fullPage: true });
        await who.page.context().close();
        taken++;
    }
    return { taken };
});
