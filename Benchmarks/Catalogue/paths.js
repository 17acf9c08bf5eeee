// What buyers of a seeded marketplace ask for, as paths. Reads uuids from standard input, `vendor UUID` and `category UUID` a line each.
// Arguments: lists|searches|suggestions COUNT. Prints so many, of lists and searches no two the same; the same ones in each run.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

// The TypeID specification: 128 bits as 26 digits of base 32.
function typeID(prefix, uuid) {
  let rest = BigInt("0x" + uuid.replaceAll("-", "")), text = "";
  for (let digit = 0; digit < 26; digit++) {
    text = alphabet[Number(rest & 31n)] + text;
    rest >>= 5n;
  }
  return `${prefix}_${text}`;
}

const ids = { vendor: [], category: [] };
for (const line of require("fs").readFileSync(0, "utf8").trim().split("\n")) {
  const [kind, uuid] = line.split(" ");
  ids[kind].push(typeID(kind === "vendor" ? "ven" : "cat", uuid));
}

let state = 42;
const below = (limit) => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
};
const pick = (choices) => choices[below(choices.length)];

const nouns = ["saree", "shirt", "charger", "sandals", "kettle", "honey", "lamp", "quilt", "jacket", "speaker", "tea", "soap"];
const qualities = ["cotton", "black", "premium", "festive", "steel", "silk", "handmade", "royal", "blue", "leather"];
const others = ["শাড়ি", "শার্ট", "ফোন", "চা", "shrit", "chrager", "sari", "headphone", "hedphones", "साड़ी"];
const colours = ["black", "white", "red", "blue", "green", "yellow", "maroon", "grey", "pink", "orange"];
const locales = ["", "en", "bn", "hi", "bn-BD", "hi-IN", "en-IN", "ta-IN", "te-IN", "mr-IN"];

// Of a vendor or a category, in a language.
function list(index) {
  const sources = [...ids.category.map((id) => `category_id=${id}`), ...ids.vendor.map((id) => `vendor_id=${id}`)];
  const locale = locales[Math.floor(index / sources.length) % locales.length];
  return `/api/v1/products?limit=20&${sources[index % sources.length]}${locale && `&locale=${locale}`}`;
}

// Words alone, words with filters, filters alone; some misspelt and some in other scripts. Its price tells each from all others.
function search(index) {
  const noun = pick(nouns), quality = pick(qualities);
  const words = [noun, noun, noun, `${quality} ${noun}`, `${quality} ${noun}`, pick(others), quality,
    `${quality} ${noun} ${100 + below(900)}`, `${noun} ${pick(others)}`, ""][index % 10];
  const asked = new URLSearchParams({ currency: index % 2 ? "INR" : "BDT", price_max: String(100000000 + index) });
  if (words) asked.set("q", words);
  if (index % 3 === 0) asked.append("category_id", pick(ids.category));
  if (index % 4 === 0) for (let choice = 0; choice < 2; choice++) asked.append("attribute", `colour:${colours[below(5) + 5 * choice]}`);
  if (index % 5 === 0) asked.set("in_stock", "true");
  if (index % 7 === 0) asked.set("price_min", "10000");
  asked.set("sort", ["relevance", "relevance", "relevance", "relevance", "relevance", "newest", "price_asc", "price_desc"][index % 8]);
  return `/api/v1/search?${asked}`;
}

// The beginnings of words, each a little longer than the one before.
function suggestion(index) {
  const words = [...nouns, ...qualities, "শাড়ি", "chrager", ...nouns.map((noun) => `blue ${noun}`)];
  const word = [...words[Math.floor(index / 7) % words.length]];
  return `/api/v1/search/suggestions?q=${encodeURIComponent(word.slice(0, 1 + (index % 7)).join("").trim())}`;
}

const [kind, count] = process.argv.slice(2);
const make = { lists: list, searches: search, suggestions: suggestion }[kind];
for (let index = 0; index < Number(count); index++) console.log(make(index));
