"""Tests of the reading of documents: plain text, Word and PDF, whole, odd and damaged."""

from __future__ import annotations

import codecs
import io
import random
import unicodedata
import zipfile
from collections.abc import Sequence

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

from classifier.errors import DocumentError
from classifier.text import documents
from classifier.text.documents import (
    MAX_BYTES,
    MAX_CHARACTERS,
    Document,
    bounded,
    check_archive,
    clean,
    decode,
    find_encoding,
    read_document,
)

TEXT = "Mål\nFöreningen öppnar en butik på Väddö."
OLE_HEADER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def docx_bytes(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def pdf_bytes(pages: Sequence[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    sheet = canvas.Canvas(out)
    for lines in pages:
        for number, line in enumerate(lines):
            sheet.drawString(60, 780 - 16 * number, line)
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def scanned_pdf() -> bytes:
    out = io.BytesIO()
    sheet = canvas.Canvas(out)
    sheet.drawImage(ImageReader(Image.new("RGB", (40, 40), "white")), 0, 0, 500, 700)
    sheet.save()
    return out.getvalue()


def locked_pdf(user_password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf_bytes([["Föreningen öppnar en butik."]]))))
    writer.encrypt(user_password, owner_password="styrelsen", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def refusal(data: bytes, name: str) -> str:
    with pytest.raises(DocumentError) as caught:
        read_document(data, name)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("name", ["ansökan.txt", "ANSÖKAN.TXT", "mapp/ansökan.md"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_documents_plain_text_encodings(name: str, encoding: str) -> None:
    assert read_document(TEXT.encode(encoding), name) == Document(name, TEXT, ())


def test_documents_plain_text_utf16_big_endian() -> None:
    assert read_document(b"\xfe\xff" + TEXT.encode("utf-16-be"), "a.txt").text == TEXT


def test_documents_plain_text_windows_1252_said_aloud() -> None:
    document = read_document((TEXT + " – “butik”").encode("cp1252"), "ansökan.txt")
    assert document.text == TEXT + " – “butik”"
    assert len(document.notes) == 1
    assert "Windows-1252" in document.notes[0]
    assert "ansökan.txt" in document.notes[0]


def test_documents_plain_text_byte_without_letter_shown() -> None:
    assert read_document(b"V\xe4dd\xf6\x81", "a.txt").text == "Väddö\ufffd"


def test_documents_plain_text_line_breaks_made_one_kind() -> None:
    assert read_document(b"Ett\r\nTv\xc3\xa5\rTre\n", "a.txt").text == "Ett\nTvå\nTre\n"


def test_documents_plain_text_empty() -> None:
    assert read_document(b"", "a.txt") == Document("a.txt", "")


def test_documents_plain_text_binary_refused() -> None:
    message = refusal(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "bild.txt")
    assert "bild.txt" in message
    assert "ingen textfil" in message


def test_documents_plain_text_cut_utf16_refused() -> None:
    assert "skadad" in refusal(TEXT.encode("utf-16")[:-1], "a.txt")


@pytest.mark.parametrize("name", ["ansökan.odt", "ansökan.doc", "ansökan", "ansökan.exe"])
def test_documents_unknown_ending_lists_those_known(name: str) -> None:
    message = refusal(b"hej", name)
    assert name in message
    assert all(ending in message for ending in (".txt", ".md", ".docx", ".pdf"))


def test_documents_too_large_refused() -> None:
    message = refusal(bytes(MAX_BYTES + 1), "stor.pdf")
    assert "stor.pdf är större än 50 MB" in message


def test_documents_too_many_characters_refused() -> None:
    assert bounded("a" * MAX_CHARACTERS, "a.txt") == "a" * MAX_CHARACTERS
    message = refusal(b"a" * (MAX_CHARACTERS + 1), "lång.txt")
    assert "2 000 001 tecken" in message
    assert "Dela upp" in message


def test_documents_clean_drops_what_does_not_show() -> None:
    assert clean("a\x00b\x07c\u200bd\u00ade\ufefff\u202eg\ud800h") == "abcdefgh"
    assert clean("a\tb\nc") == "a\tb\nc"


@pytest.mark.parametrize("written", ["Va\u0308xjo\u0308", "Va\u200b\u0308xjo\u00ad\u0308"])
def test_documents_clean_one_form_of_each_letter(written: str) -> None:
    assert clean(written) == "Växjö"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.one_of(st.sampled_from("aäe\u0301\u0308\u200b\u00ad\ufeff\r\n\x00🙂"), st.characters()), max_size=60))
def test_documents_clean_twice_changes_nothing_more(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert "\r" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80))
def test_documents_plain_text_any_bytes_read_or_refused(data: bytes) -> None:
    try:
        text = read_document(data, "a.txt").text
    except DocumentError as error:
        assert "a.txt" in str(error)
    else:
        assert text.encode("utf-8").decode("utf-8") == text


def test_documents_docx_in_the_order_it_stands() -> None:
    document = docx.Document()
    document.add_heading("Butik i Storsjöbyn", 0)
    document.add_paragraph("Byn saknar butik.")
    document.add_heading("Aktiviteter", 1)
    document.add_paragraph("Vi river väggar", style="List Bullet")
    document.add_paragraph("Vi målar", style="List Number")
    table = document.add_table(2, 3)
    for row, values in zip(table.rows, (("Post", "År 1", "År 2"), ("Lön", "100", "100")), strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    document.add_paragraph("Butiken öppnar i maj.")
    read = read_document(docx_bytes(document), "ansökan.docx")
    assert read.notes == ()
    assert [line for line in read.text.split("\n") if line] == [
        "# Butik i Storsjöbyn",
        "Byn saknar butik.",
        "# Aktiviteter",
        "• Vi river väggar",
        "• Vi målar",
        "Post\tÅr 1\tÅr 2",
        "Lön\t100\t100",
        "Butiken öppnar i maj.",
    ]


def test_documents_docx_merged_cell_once() -> None:
    document = docx.Document()
    cells = document.add_table(1, 3).rows[0].cells
    cells[0].merge(cells[1]).text = "Summa"
    cells[2].text = "200"
    assert read_document(docx_bytes(document), "a.docx").text.strip() == "Summa\t200"


def test_documents_docx_paragraphs_kept_apart() -> None:
    document = docx.Document()
    document.add_paragraph("Det första stycket slutar utan punkt")
    document.add_paragraph("Det andra stycket")
    assert "punkt\n\nDet andra" in read_document(docx_bytes(document), "a.docx").text


def test_documents_docx_that_is_not_one_refused() -> None:
    message = refusal(TEXT.encode(), "ansökan.docx")
    assert "ansökan.docx är ingen riktig .docx-fil" in message
    assert "spara den på nytt" in message


def test_documents_docx_other_archive_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hej.txt", "hej")
    assert "ingen riktig .docx-fil" in refusal(out.getvalue(), "a.docx")


def test_documents_docx_with_password_refused() -> None:
    message = refusal(OLE_HEADER, "a.docx")
    assert "lösenordsskyddad" in message
    assert "utan lösenord" in message


PIECES = st.lists(
    st.sampled_from([b"a", b"\n", "ö".encode(), "🙂".encode(), b"\xf6", b"\x00", b"\xff", codecs.BOM_UTF8, codecs.BOM_UTF16_BE]),
    max_size=12,
)


@given(data=st.one_of(PIECES.map(b"".join), st.text(max_size=8).map(lambda text: text.encode("utf-16", errors="replace"))))
def test_documents_encoding_found_a_piece_at_a_time(data: bytes) -> None:
    found = []
    for piece in (3, 4, 5, 1 << 20):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(documents, "PIECE", piece)
            try:
                found.append(decode(data, "a.txt"))
            except DocumentError as error:
                found.append((str(error), ()))
    assert found.count(found[-1]) == len(found)


def test_documents_encoding_found_without_reading_all_into_memory() -> None:
    class File(io.RawIOBase):
        left, most = 50, 0

        def read(self, size: int = -1) -> bytes:
            self.left, self.most = self.left - 1, max(self.most, size)
            assert size > 0
            return b"a" * size if self.left > 0 else b""

    file = File()
    assert find_encoding(file, "a.csv") == ("utf-8", ())  # type: ignore[arg-type]
    assert file.most <= documents.PIECE


@pytest.mark.parametrize(("kind", "remedy"), [(".docx", "klistra in texten"), (".xlsx", r"spara den som \.csv")])
def test_documents_archive_that_unpacks_to_far_more_than_itself_refused(monkeypatch: pytest.MonkeyPatch, kind: str, remedy: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", bytes(1_000_000))
    check_archive(out, f"a{kind}", kind, 1_000_000)
    monkeypatch.setattr(documents, "MAX_UNPACKED", 900_000)
    for most in (1_000_000, 999_999):
        with pytest.raises(DocumentError, match=f"orimligt stor.*{remedy}"):
            check_archive(out, f"a{kind}", kind, most)


def test_documents_archive_larger_than_memory_but_no_bomb_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", random.Random(1).randbytes(50_000))
    monkeypatch.setattr(documents, "MAX_UNPACKED", 10_000)
    check_archive(out, "a.xlsx", ".xlsx", 100_000)
    assert out.tell() == 0


def test_documents_docx_bomb_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.text.documents.MAX_UNPACKED", 1000)
    assert "orimligt stor" in refusal(docx_bytes(docx.Document()), "a.docx")


def test_documents_pdf_with_text() -> None:
    data = pdf_bytes([["Mål", "Föreningen öppnar en butik på Väddö."], ["Tolv volontärer utbildas."]])
    document = read_document(data, "ansökan.pdf")
    assert document.text.split("\n") == ["Mål", "Föreningen öppnar en butik på Väddö.", "Tolv volontärer utbildas."]
    assert len(document.notes) == 1
    assert "rätt ordning" in document.notes[0]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["Föreningen skapar sam-", "verkan i byn."], "Föreningen skapar samverkan i byn."),
        (["Stöd till små-", "och medelstora bolag."], "Stöd till små-\noch medelstora bolag."),
        (["Samarbete i Övre-", "Norrland i vår."], "Samarbete i Övre-\nNorrland i vår."),
    ],
)
def test_documents_pdf_word_cut_by_line_break(lines: list[str], text: str) -> None:
    assert read_document(pdf_bytes([lines]), "a.pdf").text == text
    assert read_document(pdf_bytes([[line] for line in lines]), "a.pdf").text == text


def test_documents_pdf_of_200_pages() -> None:
    generator = random.Random(7)
    who = ("Kommunen", "Föreningen", "Högskolan", "Byarådet", "Företagen i hamnen")
    does = ("öppnar en verkstad för", "håller kurser med", "kartlägger behoven hos", "bygger en led åt", "ger råd till")
    whom = ("små sågverk", "unga snickare", "byns hushåll", "nya fiskare", "gäster i skärgården")
    pages = [
        [f"{generator.choice(who)} {generator.choice(does)} {generator.choice(whom)} under år {line}." for line in range(40)]
        for _ in range(200)
    ]
    text = read_document(pdf_bytes(pages), "lång.pdf").text
    assert text.split("\n") == [line for page in pages for line in page]


def test_documents_pdf_scanned_refused() -> None:
    message = refusal(scanned_pdf(), "skannad.pdf")
    assert "skannad.pdf innehåller ingen text" in message
    assert "OCR" in message


def test_documents_pdf_with_password_refused() -> None:
    message = refusal(locked_pdf("hemligt"), "låst.pdf")
    assert "låst.pdf är skyddad med lösenord" in message


def test_documents_pdf_locked_only_against_changes_read() -> None:
    assert read_document(locked_pdf(""), "a.pdf").text == "Föreningen öppnar en butik."


def test_documents_pdf_too_many_pages_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classifier.text.documents.MAX_PAGES", 2)
    page = ["Föreningen öppnar en butik."]
    assert "fler än 2 sidor" in refusal(pdf_bytes([page] * 3), "a.pdf")
    assert read_document(pdf_bytes([page] * 2), "a.pdf").text == "Föreningen öppnar en butik.\nFöreningen öppnar en butik."


@pytest.mark.parametrize("data", [b"", b"hej", b"%PDF-1.7\n", pdf_bytes([["Butik i byn."]])[:200]])
def test_documents_pdf_that_is_not_one_refused(data: bytes) -> None:
    assert "ingen riktig PDF" in refusal(data, "a.pdf")


@pytest.mark.parametrize("name", ["a.docx", "a.pdf"])
def test_documents_damaged_read_or_refused(name: str) -> None:
    document = docx.Document()
    document.add_paragraph("Föreningen öppnar en butik.")
    sound = docx_bytes(document) if name == "a.docx" else pdf_bytes([["Föreningen öppnar en butik."]])
    generator = random.Random(3)
    refused = 0
    for _ in range(60):
        data = bytearray(sound)
        start = generator.randrange(len(data))
        data[start : start + 100] = generator.randbytes(100)
        try:
            read_document(bytes(data), name)
        except DocumentError as error:
            refused += 1
            assert name in str(error)
    assert refused > 5
