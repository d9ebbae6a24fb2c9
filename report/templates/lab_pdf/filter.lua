-- Between Markdown and Typst: what pandoc would drop or write in a way that Typst does not read.

-- HTML tags in prose are text here, as they are in the HTML report.
function RawInline(raw)
  if raw.format == "html" then return pandoc.Str(raw.text) end
end
function RawBlock(raw)
  if raw.format == "html" then return pandoc.Para { pandoc.Str(raw.text) } end
end

-- Typst 0.15 calls pandoc's dot.circle, times.circle ... dot.o, times.o ...
function Math(formula)
  local typst = pandoc.write(pandoc.Pandoc { pandoc.Plain { formula } }, "typst")
  return pandoc.RawInline("typst", (typst:gsub("(%a)%.circle", "%1.o"):gsub("%s+$", "")))
end
