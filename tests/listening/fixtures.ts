/** Short answers with what must be heard in each: a concrete event, the teacher's own feeling, the child's, and more. */
import type { QuestionKind } from '../../machines/listening/types.ts';

export interface Fixture {
  readonly text: string;
  readonly question?: QuestionKind;
  readonly event?: boolean;
  readonly teacher?: boolean;
  readonly child?: boolean;
  readonly trait?: boolean;
  readonly general?: boolean;
  readonly dontKnow?: boolean;
  readonly behaviour?: boolean;
}

export const DUTCH: readonly Fixture[] = [
  {
    text: 'Gisteren bij rekenen gooide hij zijn schrift op de grond en toen heb ik hem op de gang gezet.',
    event: true,
    teacher: false,
    child: false,
    behaviour: true,
  },
  { text: 'Hij is gewoon heel druk en brutaal.', event: false, teacher: false, child: false, trait: true },
  {
    text: 'Hij luistert nooit en zit altijd aan anderen.',
    event: false,
    teacher: false,
    child: false,
    general: true,
  },
  {
    text: 'Maandag liep hij weg uit de kring. Ik voelde me machteloos.',
    event: true,
    teacher: true,
    child: false,
  },
  {
    text: 'Vanochtend zat ze te huilen om haar moeder, ze was echt verdrietig, ik heb haar even apart genomen.',
    event: true,
    teacher: false,
    child: true,
  },
  {
    text: 'Toen hij na de pauze binnenkwam was hij overstuur, denk ik omdat hij zich buitengesloten voelde. Ik had met hem te doen.',
    event: true,
    teacher: true,
    child: true,
  },
  { text: 'Weet ik niet.', event: false, teacher: false, child: false, dontKnow: true },
  { text: 'Ruzie.', teacher: false, child: false },
  { text: 'Ik heb het gevoel dat hij expres niet luistert.', event: false, teacher: false, child: false },
  {
    text: 'Je wordt er zo moedeloos van als hij vrijdag voor de derde keer zijn werk verscheurt.',
    event: true,
    teacher: true,
    child: false,
  },
  { text: 'Ik vind hem lastig.', event: false, teacher: false, child: false },
  {
    text: 'Dinsdag hielp ze een ander kind met de tafels en toen moesten we samen lachen. Daar werd ik blij van.',
    event: true,
    teacher: true,
    child: false,
  },
  {
    text: 'Ik was er klaar mee, vrijdagmiddag, toen hij weer ging tikken met zijn pen.',
    event: true,
    teacher: true,
    child: false,
  },
  { text: 'Zijn moeder was boos en de klas werd onrustig.', teacher: false, child: false },
  { text: 'Ik was niet boos, eerder opgelucht toen hij die dag ziek was.', teacher: true, child: false },
  { text: 'Dat is zijn ADHD.', event: false, teacher: false, child: false, trait: true },
  {
    text: 'Vorige week zei hij: "Jij bent stom" en liep de gang op. Ik liet hem even en ging later naast hem zitten.',
    event: true,
    teacher: false,
    child: false,
    behaviour: true,
  },
  {
    text: 'Ik weet niet wat hij voelde, misschien schaamde hij zich wel.',
    question: 'event_followup_child',
    teacher: false,
    child: true,
  },
  { text: 'Ze keek naar de grond en zei niks.', event: true, teacher: false, child: false, behaviour: true },
  {
    text: 'Hij wilde het zo graag goed doen en toen lukte het niet, ik kreeg een brok in mijn keel.',
    teacher: true,
    child: false,
  },
  { text: 'Hij doet het om mij te pesten.', event: false, teacher: false, child: false },
  { text: 'Het frustreert me dat niets helpt.', event: false, teacher: true, child: false },
  { text: 'druk, brutaal, lief', question: 'three_word', teacher: false, child: false, trait: true },
  { text: 'stroef, afstandelijk, soms warm', question: 'three_word', teacher: true, child: false },
  { text: 'Eigenlijk weet ik dat niet zo goed.', question: 'closing', teacher: false, dontKnow: true },
  {
    text: 'Dat hij zo behulpzaam is voor jongere kinderen, dat had ik nog nooit zo bedacht.',
    question: 'closing',
    teacher: false,
    child: false,
  },
  { text: 'Ik werd boos maar ach, dat hoort erbij.', event: false, teacher: true, child: false },
  { text: 'volgende vraag', teacher: false, child: false },
];

export const ENGLISH: readonly Fixture[] = [
  {
    text: 'Yesterday in maths he threw his book on the floor and then I sent him out.',
    event: true,
    teacher: false,
    child: false,
    behaviour: true,
  },
  { text: 'He is just very loud and cheeky.', event: false, teacher: false, child: false, trait: true },
  {
    text: 'He never listens and is always picking at the others.',
    event: false,
    teacher: false,
    child: false,
    general: true,
  },
  {
    text: 'On Monday he walked out of the circle. I felt powerless.',
    event: true,
    teacher: true,
    child: false,
  },
  {
    text: 'This morning she was crying for her mum, she was really sad, I took her aside for a bit.',
    event: true,
    teacher: false,
    child: true,
  },
  {
    text: 'When he came in after break he was upset, I think because he felt left out. I felt for him.',
    event: true,
    teacher: true,
    child: true,
  },
  { text: "I don't know.", event: false, teacher: false, child: false, dontKnow: true },
  { text: 'A row.', teacher: false, child: false },
  {
    text: 'I have the feeling that he does not listen on purpose.',
    event: false,
    teacher: false,
    child: false,
  },
  {
    text: 'It makes you so despondent when on Friday he tore up his work for the third time.',
    event: true,
    teacher: true,
    child: false,
  },
  { text: 'I find him difficult.', event: false, teacher: false, child: false },
  {
    text: 'On Tuesday she helped another child with the tables. It made me so happy.',
    event: true,
    teacher: true,
    child: false,
  },
  {
    text: "I'd had enough, Friday afternoon, when he started tapping with his pen again.",
    event: true,
    teacher: true,
    child: false,
  },
  { text: 'His mother was angry and the class got restless.', teacher: false, child: false },
  { text: 'I was not angry, more relieved when he was ill that day.', teacher: true, child: false },
  { text: "That's his ADHD.", event: false, teacher: false, child: false, trait: true },
  {
    text: 'Last week he said: "You are stupid" and walked off. I left him for a while and sat down beside him later.',
    event: true,
    teacher: false,
    child: false,
    behaviour: true,
  },
  {
    text: "I don't know what he felt, maybe he was ashamed.",
    question: 'event_followup_child',
    teacher: false,
    child: true,
  },
  {
    text: 'She looked at the floor and said nothing.',
    event: true,
    teacher: false,
    child: false,
    behaviour: true,
  },
  {
    text: 'He tried so hard and then it went wrong, I got a lump in my throat.',
    event: true,
    teacher: true,
    child: false,
  },
  { text: 'He does it to wind me up.', event: false, child: false },
  { text: 'It frustrates me that nothing helps.', event: false, teacher: true, child: false },
  { text: 'loud, cheeky, kind', question: 'three_word', teacher: false, child: false, trait: true },
  { text: 'stiff, distant, sometimes warm', question: 'three_word', teacher: true, child: false },
  { text: "Actually I don't really know.", question: 'closing', teacher: false, dontKnow: true },
  {
    text: 'That he is so helpful to the younger ones, I had never thought of that.',
    question: 'closing',
    teacher: false,
    child: false,
  },
  { text: 'I got angry but oh well, it comes with the job.', event: false, teacher: true, child: false },
  { text: 'next question', teacher: false, child: false },
];
