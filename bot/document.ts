/**
 * A document as Word: headings that are headings, a table whose header row is one, a language, and fonts that Word and LibreOffice
 * both have. Nothing in it acts: no fields but the page numbers, no links, no macros, nobody's name in its properties.
 */
import {
  AlignmentType,
  BorderStyle,
  BuilderElement,
  Document,
  Footer,
  Header,
  HeadingLevel,
  LevelFormat,
  Packer,
  PageNumber,
  Paragraph,
  ShadingType,
  Table,
  TableCell,
  TableLayoutType,
  TableProperties,
  TableRow,
  TextRun,
  VerticalAlignTable,
  WidthType,
  type ITableOptions,
} from 'docx';
import { PAGE, PAGES, plain, type Block, type Paper } from '../dialogs/paper.ts';

export const WORD = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';

/** Everywhere in Word; LibreOffice has Liberation Sans, of the same widths. */
const FONT = 'Arial';
const INK = '1F2A30';
/** On white 7 : 1, so that small print can be read. */
const SOFT = '4F5B62';
const RULE = 'B8C2C8';
const TINT = 'EEF3F5';
/** A4 and its margins, in twentieths of a point. */
const PAGE_SIZE = { width: 11_906, height: 16_838 };
const MARGIN = { top: 1_080, bottom: 850, left: 1_020, right: 1_020, header: 480, footer: 400 };
const WIDTH = PAGE_SIZE.width - MARGIN.left - MARGIN.right;
const LEVELS = [HeadingLevel.HEADING_1, HeadingLevel.HEADING_2, HeadingLevel.HEADING_3] as const;

/** The file, as bytes. */
export async function renderDocument(paper: Paper): Promise<Uint8Array> {
  const lists = paper.blocks.filter((block) => block.kind === 'list').length;
  const tag = withRegion(paper.tag);
  const small = (text: string) => new TextRun({ text, size: 16, color: SOFT });
  const document = new Document({
    title: plain(paper.title),
    // Word would show a name here: nobody's.
    creator: 'Klankbord',
    lastModifiedBy: 'Klankbord',
    description: '',
    styles: {
      default: {
        document: {
          run: {
            font: FONT,
            size: 19,
            color: INK,
            language: { value: tag, eastAsia: tag, bidirectional: tag },
          },
          paragraph: { spacing: { after: 60 } },
        },
        title: heading(32, 0, 80),
        heading1: heading(25, 200, 60),
        heading2: heading(20, 110, 30),
        heading3: heading(19, 90, 20),
        listParagraph: { paragraph: { spacing: { after: 40 } } },
      },
    },
    numbering: {
      config: Array.from({ length: lists }, (_, n) => ({
        reference: `list-${n}`,
        levels: [
          {
            level: 0,
            format: LevelFormat.DECIMAL,
            text: '%1.',
            alignment: AlignmentType.LEFT,
            style: INDENT,
          },
        ],
      })),
    },
    sections: [
      {
        properties: { page: { size: PAGE_SIZE, margin: MARGIN } },
        headers: {
          default: new Header({ children: [new Paragraph({ children: [small(plain(paper.header))] })] }),
        },
        footers: {
          default: new Footer({
            children: [
              new Paragraph({
                alignment: AlignmentType.RIGHT,
                children: paper.footer.split(NUMBERS).map((part) => {
                  const field =
                    part === PAGE ? PageNumber.CURRENT : part === PAGES ? PageNumber.TOTAL_PAGES : null;
                  return field === null
                    ? small(plain(part))
                    : new TextRun({ children: [field], size: 16, color: SOFT });
                }),
              }),
            ],
          }),
        },
        children: [
          new Paragraph({ heading: HeadingLevel.TITLE, children: runs(paper.title) }),
          ...childrenOf(paper.blocks),
        ],
      },
    ],
  });
  return Packer.toBuffer(document);
}

/** Word's proofing tools go by country: `nl` says too little. The English here is British. */
function withRegion(tag: string): string {
  const { language, region } = new Intl.Locale(tag).region
    ? new Intl.Locale(tag)
    : new Intl.Locale(tag).maximize();
  return language === 'en' && !new Intl.Locale(tag).region ? 'en-GB' : `${language}-${region ?? ''}`;
}

const NUMBERS = new RegExp(`(${PAGE}|${PAGES})`, 'u');
const INDENT = { paragraph: { indent: { left: 340, hanging: 340 } } };

function heading(size: number, before: number, after: number) {
  return {
    run: { font: FONT, size, bold: true, color: INK },
    paragraph: { spacing: { before, after }, keepNext: true, keepLines: true },
  };
}

/** Text of anybody as runs: only words and line breaks. */
function runs(
  text: string,
  style: { bold?: boolean; size?: number; color?: string; italics?: boolean } = {},
) {
  return plain(text)
    .split('\n')
    .map((line, i) => new TextRun({ ...style, text: line, ...(i > 0 ? { break: 1 } : {}) }));
}

function childrenOf(blocks: readonly Block[]): (Paragraph | Table)[] {
  let list = -1;
  return blocks.flatMap((block): (Paragraph | Table)[] => {
    switch (block.kind) {
      case 'heading':
        return [
          new Paragraph({
            heading: LEVELS[block.level - 1] ?? HeadingLevel.HEADING_3,
            pageBreakBefore: block.newPage === true,
            children: runs(block.text.replaceAll('\n', ' ')),
          }),
        ];
      case 'paragraph':
        return [
          new Paragraph({
            ...(block.tone === 'lead' ? { keepNext: true, spacing: { before: 50, after: 40 } } : {}),
            children: runs(
              block.text,
              block.tone === 'soft' ? { size: 17, color: SOFT } : block.tone === 'lead' ? { bold: true } : {},
            ),
          }),
        ];
      case 'quote':
        return [
          new Paragraph({
            indent: { left: 260, hanging: 260 },
            spacing: { after: 40 },
            children: [
              new TextRun({ text: `${plain(block.mark)} ` }),
              ...runs(`“${block.text}”`),
              ...(block.source === ''
                ? []
                : [new TextRun({ text: ` ${plain(block.source)}`, size: 16, color: SOFT })]),
            ],
          }),
        ];
      case 'list': {
        list += 1;
        const numbering = block.numbered ? { reference: `list-${list}`, level: 0 } : null;
        return block.items.map(
          (item) =>
            new Paragraph({
              ...(numbering ? { numbering } : { bullet: { level: 0 } }),
              children: runs(item),
            }),
        );
      }
      case 'table':
        return [tableOf(block), new Paragraph({ spacing: { after: 0, line: 120 }, children: [] })];
    }
  });
}

function tableOf({ rows, widths, title, description }: Extract<Block, { kind: 'table' }>): Table {
  const whole = widths.reduce((sum, width) => sum + width, 0);
  const columns = widths.map((width) => Math.floor((WIDTH * width) / whole));
  const line = { style: BorderStyle.SINGLE, size: 4, color: RULE };
  const options: ITableOptions = {
    width: { size: WIDTH, type: WidthType.DXA },
    columnWidths: columns,
    layout: TableLayoutType.FIXED,
    borders: {
      top: line,
      bottom: line,
      left: line,
      right: line,
      insideHorizontal: line,
      insideVertical: line,
    },
    tableLook: { firstRow: true, firstColumn: true, noHBand: true, noVBand: true },
    rows: rows.map(
      (cells, r) =>
        new TableRow({
          tableHeader: r === 0,
          cantSplit: true,
          children: cells.map(
            (text, c) =>
              new TableCell({
                width: { size: columns[c] ?? 0, type: WidthType.DXA },
                verticalAlign: VerticalAlignTable.CENTER,
                margins: { top: 25, bottom: 25, left: 80, right: 60 },
                ...(r === 0 ? { shading: { type: ShadingType.CLEAR, fill: TINT, color: 'auto' } } : {}),
                children: [
                  new Paragraph({
                    spacing: { after: 0 },
                    keepNext: r < rows.length - 1,
                    children: runs(text, { size: 17, bold: r === 0 || c === 0 }),
                  }),
                ],
              }),
          ),
        }),
    ),
  };
  return new DescribedTable(options, { title, description });
}

/** A table with what the library cannot say of one: a title and a description, for those who hear the document. */
class DescribedTable extends Table {
  constructor(options: ITableOptions, words: { readonly title: string; readonly description: string }) {
    super(options);
    const properties = this.root.find((part) => part instanceof TableProperties);
    for (const [name, text] of [
      ['w:tblCaption', words.title],
      ['w:tblDescription', words.description],
    ] as const)
      properties?.addChildElement(
        new BuilderElement({
          name,
          attributes: { val: { key: 'w:val', value: plain(text).replaceAll('\n', ' ') } },
        }),
      );
  }
}
