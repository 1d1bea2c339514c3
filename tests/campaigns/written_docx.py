"""A .docx file as Word writes it, by hand: lists that go on, footnotes, a comment, tracked changes."""

import io
import zipfile

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def run(words, looks=""):
    return f'<w:r><w:rPr>{looks}</w:rPr><w:t xml:space="preserve">{words}</w:t></w:r>'


def paragraph(*runs, style="", number=None, level=0):
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number is not None:
        properties += f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def mark(number):
    return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'


BODY = [
    paragraph(run("Rights &amp; roses"), style="Title"),
    paragraph(run("Where we stand"), style="Heading1"),
    paragraph(run("We, the "), run("undersigned", "<w:b/>"), run(", write."), mark(1)),
    paragraph(run("End detention."), number=1),
    paragraph(run("Of children first."), number=1, level=1),
    paragraph(run("Ratify."), mark(2), number=1),
    paragraph(run("And further:")),
    paragraph(run("Listen"), '<w:ins w:id="9" w:author="A">', run(" to women"), "</w:ins>",
              '<w:del w:id="8" w:author="A"><w:r><w:delText> perhaps</w:delText></w:r></w:del>', number=1),
    paragraph(run("red", '<w:color w:val="FF0000"/>'), '<w:r><w:commentReference w:id="0"/></w:r>'),
    paragraph(run("A point."), number=2),
]  # fmt: skip


def docx(body=BODY):
    level = '<w:lvl w:ilvl="{0}"><w:start w:val="1"/><w:numFmt w:val="{1}"/><w:lvlText w:val="%{2}."/></w:lvl>'
    numbered = level.format(0, "decimal", 1) + level.format(1, "decimal", 2)
    parts = {
        "[Content_Types].xml": f"""{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>
<Override PartName="/word/styles.xml" ContentType="{_WORD}.styles+xml"/>
<Override PartName="/word/numbering.xml" ContentType="{_WORD}.numbering+xml"/>
<Override PartName="/word/footnotes.xml" ContentType="{_WORD}.footnotes+xml"/>
<Override PartName="/word/comments.xml" ContentType="{_WORD}.comments+xml"/></Types>""",
        "_rels/.rels": f"""{_HEAD}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>""",
        "word/_rels/document.xml.rels": f"""{_HEAD}<Relationships
 xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/>
<Relationship Id="rId2" Type="{_OFFICE}/numbering" Target="numbering.xml"/>
<Relationship Id="rId3" Type="{_OFFICE}/footnotes" Target="footnotes.xml"/>
<Relationship Id="rId4" Type="{_OFFICE}/comments" Target="comments.xml"/></Relationships>""",
        "word/document.xml": f"{_HEAD}<w:document {_W} {_R}><w:body>{''.join(body)}<w:sectPr/></w:body></w:document>",
        "word/styles.xml": f"""{_HEAD}<w:styles {_W}>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/></w:style></w:styles>""",
        "word/numbering.xml": f"""{_HEAD}<w:numbering {_W}>
<w:abstractNum w:abstractNumId="0">{numbered}</w:abstractNum>
<w:abstractNum w:abstractNumId="1">{level.format(0, "bullet", 1)}</w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>""",
        "word/footnotes.xml": f"""{_HEAD}<w:footnotes {_W}>
<w:footnote w:id="1">{paragraph(run("Universal Declaration, "), run("article", "<w:i/>"), run(" 2."))}</w:footnote>
<w:footnote w:id="2">{paragraph(run("Of 1951."))}</w:footnote></w:footnotes>""",
        "word/comments.xml": f"""{_HEAD}<w:comments {_W}>
<w:comment w:id="0" w:author="A">{paragraph(run("SECRET"))}</w:comment></w:comments>""",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()
