import { serveSchemas } from './json-validator.js'

serveSchemas()
