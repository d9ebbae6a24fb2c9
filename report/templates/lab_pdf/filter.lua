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

-- The space that Markdown needs behind `。**` is none before Chinese.
local function is_wide(text, at)
  local code = utf8.codepoint(text, utf8.offset(text, at))
  return code >= 0x2e80 and code <= 0x9fff or code >= 0xff00 and code <= 0xffef
end
function Inlines(inlines)
  for k = #inlines - 1, 2, -1 do
    local before, after = pandoc.utils.stringify(inlines[k - 1]), pandoc.utils.stringify(inlines[k + 1])
    if inlines[k].t == "Space" and before ~= "" and after ~= "" and is_wide(before, -1) and is_wide(after, 1) then
      inlines:remove(k)
    end
  end
  return inlines
end
