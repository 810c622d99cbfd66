// What is wrong with a page as it stands: browsers.faults says what is looked for.
() => {
  const faults = [], root = document.documentElement
  const said = one => (one.id ? '#' + one.id : one.tagName.toLowerCase() + '.' + one.className) + ' ' +
    (one.innerText || one.value || one.name || '').trim().slice(0, 40)
  const headings = document.querySelectorAll('h1').length
  if (headings !== 1) faults.push(`${headings} level 1 headings`)
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.querySelectorAll('main *, header *, footer *, nav *')]
      .filter(one => one.getBoundingClientRect().right > root.clientWidth + 1)
    faults.push('scrolls sideways: ' + wide.slice(0, 3).map(said).join('; '))
  }
  // Text that is cut off: the reader cannot scroll to it.
  for (const one of document.querySelectorAll('main *, header *, nav *')) {
    const style = getComputedStyle(one)
    if (!one.innerText || style.position === 'absolute' || one.closest('.govuk-visually-hidden, svg')) continue
    const cuts = ['hidden', 'clip'].includes(style.overflowX) && one.scrollWidth > one.clientWidth + 1 ||
      ['hidden', 'clip'].includes(style.overflowY) && one.scrollHeight > one.clientHeight + 1
    if (cuts && one.clientWidth) faults.push('cuts its text off: ' + said(one))
  }
  const look = one => {
    const kept = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'backgroundColor', 'borderColor',
      'textDecorationThickness', 'clipPath', 'color']
    const of = part => { const style = getComputedStyle(part); return kept.map(name => style[name]) }
    // The box of a checkbox or a radio is drawn by its label.
    const label = one.labels && one.labels[0]
    return [...of(one), ...(label ? [...of(label), ...['::before', '::after'].flatMap(part => {
      const style = getComputedStyle(label, part); return kept.map(name => style[name]) })] : [])].join()
  }
  const reached = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')]
    .filter(one => !one.disabled && one.type !== 'hidden' && one.checkVisibility({visibilityProperty: true}))
  const begins = document.activeElement
  for (const one of reached) {
    if (document.activeElement && document.activeElement !== document.body) document.activeElement.blur()
    const before = look(one)
    one.focus({focusVisible: true})
    if (document.activeElement !== one) { faults.push('takes no focus: ' + said(one)); continue }
    if (look(one) === before) faults.push('shows no focus: ' + said(one))
    // Of the boxes of a wrapped link, one is enough to be seen.
    const seen = [...one.getClientRects()].some(box => {
      const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1)
      const y = Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1)
      const top = document.elementFromPoint(x, y)
      return top && (one.contains(top) || top.contains(one) || [...(one.labels || [])].some(l => l.contains(top)))
    })
    if (!seen) faults.push('hides its focus: ' + said(one))
    if (!['A', 'SUMMARY'].includes(one.tagName)) {
      const boxes = [one, ...(one.labels || [])].map(part => part.getBoundingClientRect())
      if (!boxes.some(box => box.width >= 23.9 && box.height >= 23.9)) faults.push('is under 24 px: ' + said(one))
    }
  }
  if (begins && begins !== document.body) begins.focus()
  else if (document.activeElement) document.activeElement.blur()
  scrollTo(0, 0)
  // Words beside every colour of a status: greyscale and print keep them.
  const statuses = '.tag, .flag, [class*="govuk-tag"], [class*="status"], [class*="band--"]'
  for (const one of document.querySelectorAll(statuses)) {
    const words = (one.innerText || one.textContent || one.getAttribute('aria-label') || one.title || '').trim()
    if (!words && !one.closest('[role=img], svg, [aria-hidden=true]')) faults.push('is colour alone: ' + said(one))
  }
  // What one part says of another by its id is there, once.
  const ids = [...document.querySelectorAll('[id]')].map(one => one.id)
  for (const id of ids.filter((id, place) => ids.indexOf(id) !== place)) faults.push('stands twice: #' + id)
  for (const one of document.querySelectorAll('[for], [aria-labelledby], [aria-describedby], [aria-controls], use')) {
    const named = ['for', 'aria-labelledby', 'aria-describedby', 'aria-controls'].map(of => one.getAttribute(of) || '')
    const drawn = (one.getAttribute('href') || '').replace('#', '')
    for (const id of [...named, drawn].join(' ').split(' ').filter(Boolean)) {
      if (!ids.includes(id)) faults.push(`names #${id}, which is nowhere: ` + said(one))
    }
  }
  return [...new Set(faults)]
}
