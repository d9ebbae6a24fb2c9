-- Between Markdown and Typst: what pandoc would drop or write in a way that Typst does not read.

-- <sup> and <sub> raise and lower; other HTML tags in prose are text here, as they are in the HTML report.
local shifts = { ["<sup>"] = pandoc.Superscript, ["<sub>"] = pandoc.Subscript }
local function shifted(inlines)
  local result, inner, shift = pandoc.List(), nil, nil
  for _, inline in ipairs(inlines) do
    local tag = inline.t == "RawInline" and inline.format == "html" and inline.text
    if shifts[tag] then
      inner, shift = pandoc.List(), shifts[tag]
    elseif inner and (tag == "</sup>" or tag == "</sub>") then
      result:insert(shift(inner))
      inner = nil
    else
      local text = tag and (tag:match("^<br%s*/?>$") and pandoc.LineBreak() or pandoc.Str(tag))
      local place = inner or result
      place:insert(text or inline)
    end
  end
  return result
end
-- Pictures of the notebook are files beside the Typst source; the title is the width in pixels or in %.
local function picture(image)
  local width = image.title:match("^%d+%%$") or (tonumber(image.title) or 0) * 0.75 .. "pt"
  local words = { image.src:gsub("^attachment:", ""), pandoc.utils.stringify(image.caption) }
  for k, text in ipairs(words) do words[k] = '"' .. text:gsub('[\\"]', "\\%0"):gsub("\n", " ") .. '"' end
  return "#lab-picture(" .. words[1] .. ", " .. words[2] .. ", " .. width .. ")"
end
function Image(image) return pandoc.RawInline("typst", picture(image)) end

function RawBlock(raw)
  if raw.format == "html" then return pandoc.Para { pandoc.Str(raw.text) } end
end

-- Typst 0.15 calls pandoc's dot.circle, times.circle ... dot.o, times.o ...; between the columns of its cases
-- there is no space.
function Math(formula)
  formula.text = formula.text:gsub("\\begin{cases}.-\\end{cases}", function(cases)
    return (cases:gsub("([^\\])&", "%1&\\quad "))
  end)
  local typst = pandoc.write(pandoc.Pandoc { pandoc.Plain { formula } }, "typst")
  return pandoc.RawInline("typst", (typst:gsub("(%a)%.circle", "%1.o"):gsub("%s+$", "")))
end

-- The space that Markdown needs behind `。**` is none before Chinese.
local function is_wide(text, at)
  local code = utf8.codepoint(text, utf8.offset(text, at))
  return code >= 0x2e80 and code <= 0x9fff or code >= 0xff00 and code <= 0xffef
end
function Inlines(inlines)
  inlines = shifted(inlines)
  for k = #inlines - 1, 2, -1 do
    local before, after = pandoc.utils.stringify(inlines[k - 1]), pandoc.utils.stringify(inlines[k + 1])
    if inlines[k].t == "Space" and before ~= "" and after ~= "" and is_wide(before, -1) and is_wide(after, 1) then
      inlines:remove(k)
    end
  end
  return inlines
end
