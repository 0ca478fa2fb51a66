// SPDX-License-Identifier: Apache-2.0
// Opens the README's page from a file, as its readers do: node page.cjs FILE http://HOST:PORT TOPIC [CHROMIUM]
// The topic has one record; another one comes while the page is open. Prints what the page then shows.
'use strict';
const { pathToFileURL } = require('node:url');
const { chromium } = require('playwright-core');

const [file, base, topic, executablePath = '/usr/bin/chromium'] = process.argv.slice(2);
const PATIENCE = 30_000;

async function main() {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on('console', (message) => console.log(`console ${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => console.log(error.stack));
    const records = (wanted) => page.waitForFunction((count) => document.querySelectorAll('#records li').length === count, wanted);
    await page.goto(pathToFileURL(file).href);
    await records(1);
    const response = await fetch(`${base}/v1/topics/${topic}/records`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '[{"key": "k", "value": "live"}]' });
    if (!response.ok) throw new Error(await response.text());
    await records(2);
    console.log((await page.locator('#records li').allTextContents()).join('\n'));
    console.log(await page.locator('#state').textContent());
  } finally {
    await browser.close();
  }
}

main().catch((error) => {
  console.log(error.stack);
  process.exit(1);
});
