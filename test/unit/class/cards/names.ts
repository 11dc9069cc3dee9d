/** Names as trainees have them: in the scripts that the cards' own fonts write. */
export const written = [
  "Ada Lovelace",
  "Zoë Ångström-Łukasiewicz",
  "Nguyễn Thị Ánh",
  "Ελένη Παπαδοπούλου",
  "Наталья Кузнецова-Щербакова",
  "محمد عبد الله (علي) 42",
  "שרה כהן",
  "Արամ Խաչատրյան",
  "ნინო ბერიძე",
  "Maximiliane Alexandra Wolfeschlegelstein", // 40 characters
  "Wolfeschlegelsteinhausenbergerdorffvorald", // and without a blank
  '<script>alert(1)</script> & "co"',
];

/** And in those for which it takes another font. */
export const unwritten = ["王小明", "山田 はなこ", "김민준", "ประยุทธ์", "नरेन्द्र"];
