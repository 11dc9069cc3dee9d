/*
 * Lessons of one's own: a folder of the user's with lesson.yaml, manifests, checks.yaml and README.md. The folder is
 * validated as a whole before anything is made, and becomes a definition like those of the course's lessons.
 */
export { ownLessonOf } from "./definition";
export { isOwnLessonName, shortNameOf, type OwnLessonName } from "./names";
export { readOwnLesson, type LessonRead, type OwnLesson } from "./read";
