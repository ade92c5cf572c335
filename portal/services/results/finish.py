"""Finishing a drawn PDF before it is signed: PDF/UA said beside PDF/A, one attachment entry, a tagged signature field.

Whatever a signer would add later and untagged breaks accessibility, so the field is made here, in the structure tree.
"""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, String

SIGNATURE_FIELD = "KySo"
SIGNATURE_LABEL = "Chữ ký số của cơ quan ban hành"
PRINTED_AND_LOCKED = 132
UA_NAMESPACES = (
    ' xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    ' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    ' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"'
    ' xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"'
)
UA_BLOCK = """
<rdf:Description rdf:about=""><pdfuaid:part>1</pdfuaid:part></rdf:Description>
<rdf:Description rdf:about=""><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of PDF/UA</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""


def finish(pdf: bytes) -> bytes:
    """The PDF that is ready to be signed.

    Raises:
        pikepdf.PdfError: not a PDF of ours.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        _say_accessible(document)
        root = document.Root
        if Name.AF in root:
            root.AF = Array([root.AF[0]])
        _add_signature_field(document)
        _end_streams_plainly(document)
        out = io.BytesIO()
        document.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False, deterministic_id=True)
        return out.getvalue()


def _end_streams_plainly(document: pikepdf.Pdf) -> None:
    """A stream whose last byte is a carriage return is written in hexadecimal: with the line feed that follows it, some
    readers take it for the end of the line, and find one byte too few."""
    for item in document.objects:
        if not isinstance(item, pikepdf.Stream) or not (raw := item.read_raw_bytes()).endswith(b"\r"):
            continue
        filters = _listed(item.get(Name.Filter))
        parameters = _listed(item.get(Name.DecodeParms)) or [None] * len(filters)
        item.write(
            raw.hex().encode("ascii") + b">",
            filter=Array([Name.ASCIIHexDecode, *filters]),
            decode_parms=Array([None, *parameters]) if any(parameters) else None,
        )


def _listed(value: pikepdf.Object | None) -> list[pikepdf.Object | None]:
    if value is None:
        return []
    return list(value) if isinstance(value, Array) else [value]


def _say_accessible(document: pikepdf.Pdf) -> None:
    """Put the PDF/UA claim and its extension schema into the one RDF block, uncompressed as PDF/A wants it."""
    xmp = document.Root.Metadata.read_bytes().decode("utf-8")
    head, rest = xmp.split("<rdf:RDF", 1)
    body, tail = rest.rsplit("</rdf:RDF>", 1)
    finished = f"{head}<rdf:RDF{UA_NAMESPACES}{body}{UA_BLOCK}</rdf:RDF>{tail}"
    stream = pikepdf.Stream(document, finished.encode("utf-8"))
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    document.Root.Metadata = document.make_indirect(stream)


def _add_signature_field(document: pikepdf.Pdf) -> None:
    root, page = document.Root, document.pages[-1].obj
    form = pikepdf.Stream(document, b"")
    form.Type, form.Subtype, form.BBox, form.Resources = Name.XObject, Name.Form, _nowhere(), Dictionary()
    parents = root.StructTreeRoot.ParentTree
    key = _next_parent_key(root.StructTreeRoot)
    widget = document.make_indirect(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Sig, T=String(SIGNATURE_FIELD), TU=String(SIGNATURE_LABEL),
            F=PRINTED_AND_LOCKED, Rect=_nowhere(), P=page, StructParent=key,
            AP=Dictionary(N=document.make_indirect(form)),
        )
    )  # fmt: skip
    element = document.make_indirect(
        Dictionary(
            Type=Name.StructElem, S=Name.Form, P=_document_element(root.StructTreeRoot), Alt=String(SIGNATURE_LABEL),
            K=Dictionary(Type=Name.OBJR, Obj=widget, Pg=page),
        )
    )  # fmt: skip
    _append(element.P, Name.K, element)
    parents.Nums.append(key)
    parents.Nums.append(element)
    root.StructTreeRoot.ParentTreeNextKey = key + 1
    _append(page, Name.Annots, widget)
    page.Tabs = Name.S
    root.AcroForm = document.make_indirect(Dictionary(Fields=Array([widget]), SigFlags=1))


def _nowhere() -> pikepdf.Array:
    """A rectangle without size: the visible seal is drawn in the page itself."""
    return Array([0, 0, 0, 0])


def _document_element(tree: pikepdf.Object) -> pikepdf.Object:
    top = tree.K
    return top[0] if isinstance(top, Array) else top


def _next_parent_key(tree: pikepdf.Object) -> int:
    numbers = tree.ParentTree.Nums
    return max((int(numbers[index]) for index in range(0, len(numbers), 2)), default=-1) + 1


def _append(holder: pikepdf.Object, name: pikepdf.Name, item: pikepdf.Object) -> None:
    present = holder.get(name)
    if isinstance(present, Array):
        present.append(item)
    else:
        holder[name] = Array([item] if present is None else [present, item])
