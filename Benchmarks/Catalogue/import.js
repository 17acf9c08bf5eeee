// A table of products in our own layout. Arguments: COUNT.
const count = Number(process.argv[2]);
const nouns = ["Saree", "Shirt", "Charger", "Sandals", "Kettle", "Honey", "Lamp", "Quilt", "Jacket", "Speaker"];
const columns = "handle,title,description,brand,status,categories,hsn,country_of_origin,generic_name,sku,kind,weight_grams,currency,price";
let chunk = columns + "\n";
for (let index = 0; index < count; index++) {
  const noun = nouns[index % nouns.length];
  chunk += `import-${index},Imported ${noun} ${index},"A ${noun.toLowerCase()}, as it is worn and used in every house; number ${index}.",` +
    `Brand ${index % 200},active,,5007,BD,${noun},IMP-${index},physical,${100 + (index % 900)},BDT,${10 + (index % 5000)}.00\n`;
  if (chunk.length > 65536) {
    require("fs").writeSync(1, chunk);
    chunk = "";
  }
}
require("fs").writeSync(1, chunk);
