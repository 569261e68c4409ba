export { createPreview, type Preview, Previewed, type PreviewForm } from './preview.js'
